package io.txhost.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.SQLException;

/**
 * Metadata of ours over the driver's, asked anew at each call: inside a transaction on its
 * connection, outside on one that is given back at once, or when the result set is closed. {@link
 * #getConnection()} gives ours.
 */
final class GuardedMetaData implements DatabaseMetaData {
  private final GuardedConnection connection;

  GuardedMetaData(GuardedConnection connection) {
    this.connection = connection;
  }

  @Override
  public boolean allProceduresAreCallable() throws SQLException {
    return connection.metaData(DatabaseMetaData::allProceduresAreCallable);
  }

  @Override
  public boolean allTablesAreSelectable() throws SQLException {
    return connection.metaData(DatabaseMetaData::allTablesAreSelectable);
  }

  @Override
  public String getURL() throws SQLException {
    return connection.metaData(DatabaseMetaData::getURL);
  }

  @Override
  public String getUserName() throws SQLException {
    return connection.metaData(DatabaseMetaData::getUserName);
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.metaData(DatabaseMetaData::isReadOnly);
  }

  @Override
  public boolean nullsAreSortedHigh() throws SQLException {
    return connection.metaData(DatabaseMetaData::nullsAreSortedHigh);
  }

  @Override
  public boolean nullsAreSortedLow() throws SQLException {
    return connection.metaData(DatabaseMetaData::nullsAreSortedLow);
  }

  @Override
  public boolean nullsAreSortedAtStart() throws SQLException {
    return connection.metaData(DatabaseMetaData::nullsAreSortedAtStart);
  }

  @Override
  public boolean nullsAreSortedAtEnd() throws SQLException {
    return connection.metaData(DatabaseMetaData::nullsAreSortedAtEnd);
  }

  @Override
  public String getDatabaseProductName() throws SQLException {
    return connection.metaData(DatabaseMetaData::getDatabaseProductName);
  }

  @Override
  public String getDatabaseProductVersion() throws SQLException {
    return connection.metaData(DatabaseMetaData::getDatabaseProductVersion);
  }

  @Override
  public String getDriverName() throws SQLException {
    return connection.metaData(DatabaseMetaData::getDriverName);
  }

  @Override
  public String getDriverVersion() throws SQLException {
    return connection.metaData(DatabaseMetaData::getDriverVersion);
  }

  @Override
  public int getDriverMajorVersion() {
    return connection.driverVersion(DatabaseMetaData::getDriverMajorVersion);
  }

  @Override
  public int getDriverMinorVersion() {
    return connection.driverVersion(DatabaseMetaData::getDriverMinorVersion);
  }

  @Override
  public boolean usesLocalFiles() throws SQLException {
    return connection.metaData(DatabaseMetaData::usesLocalFiles);
  }

  @Override
  public boolean usesLocalFilePerTable() throws SQLException {
    return connection.metaData(DatabaseMetaData::usesLocalFilePerTable);
  }

  @Override
  public boolean supportsMixedCaseIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsMixedCaseIdentifiers);
  }

  @Override
  public boolean storesUpperCaseIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::storesUpperCaseIdentifiers);
  }

  @Override
  public boolean storesLowerCaseIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::storesLowerCaseIdentifiers);
  }

  @Override
  public boolean storesMixedCaseIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::storesMixedCaseIdentifiers);
  }

  @Override
  public boolean supportsMixedCaseQuotedIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsMixedCaseQuotedIdentifiers);
  }

  @Override
  public boolean storesUpperCaseQuotedIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::storesUpperCaseQuotedIdentifiers);
  }

  @Override
  public boolean storesLowerCaseQuotedIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::storesLowerCaseQuotedIdentifiers);
  }

  @Override
  public boolean storesMixedCaseQuotedIdentifiers() throws SQLException {
    return connection.metaData(DatabaseMetaData::storesMixedCaseQuotedIdentifiers);
  }

  @Override
  public String getIdentifierQuoteString() throws SQLException {
    return connection.metaData(DatabaseMetaData::getIdentifierQuoteString);
  }

  @Override
  public String getSQLKeywords() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getSQLKeywords);
  }

  @Override
  public String getNumericFunctions() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getNumericFunctions);
  }

  @Override
  public String getStringFunctions() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getStringFunctions);
  }

  @Override
  public String getSystemFunctions() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getSystemFunctions);
  }

  @Override
  public String getTimeDateFunctions() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getTimeDateFunctions);
  }

  @Override
  public String getSearchStringEscape() throws SQLException {
    return connection.metaData(DatabaseMetaData::getSearchStringEscape);
  }

  @Override
  public String getExtraNameCharacters() throws SQLException {
    return connection.metaData(DatabaseMetaData::getExtraNameCharacters);
  }

  @Override
  public boolean supportsAlterTableWithAddColumn() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsAlterTableWithAddColumn);
  }

  @Override
  public boolean supportsAlterTableWithDropColumn() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsAlterTableWithDropColumn);
  }

  @Override
  public boolean supportsColumnAliasing() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsColumnAliasing);
  }

  @Override
  public boolean nullPlusNonNullIsNull() throws SQLException {
    return connection.metaData(DatabaseMetaData::nullPlusNonNullIsNull);
  }

  @Override
  public boolean supportsConvert() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsConvert);
  }

  @Override
  public boolean supportsConvert(int fromType, int toType) throws SQLException {
    return connection.metaData(metaData -> metaData.supportsConvert(fromType, toType));
  }

  @Override
  public boolean supportsTableCorrelationNames() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsTableCorrelationNames);
  }

  @Override
  public boolean supportsDifferentTableCorrelationNames() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsDifferentTableCorrelationNames);
  }

  @Override
  public boolean supportsExpressionsInOrderBy() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsExpressionsInOrderBy);
  }

  @Override
  public boolean supportsOrderByUnrelated() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsOrderByUnrelated);
  }

  @Override
  public boolean supportsGroupBy() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsGroupBy);
  }

  @Override
  public boolean supportsGroupByUnrelated() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsGroupByUnrelated);
  }

  @Override
  public boolean supportsGroupByBeyondSelect() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsGroupByBeyondSelect);
  }

  @Override
  public boolean supportsLikeEscapeClause() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsLikeEscapeClause);
  }

  @Override
  public boolean supportsMultipleResultSets() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsMultipleResultSets);
  }

  @Override
  public boolean supportsMultipleTransactions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsMultipleTransactions);
  }

  @Override
  public boolean supportsNonNullableColumns() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsNonNullableColumns);
  }

  @Override
  public boolean supportsMinimumSQLGrammar() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsMinimumSQLGrammar);
  }

  @Override
  public boolean supportsCoreSQLGrammar() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCoreSQLGrammar);
  }

  @Override
  public boolean supportsExtendedSQLGrammar() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsExtendedSQLGrammar);
  }

  @Override
  public boolean supportsANSI92EntryLevelSQL() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsANSI92EntryLevelSQL);
  }

  @Override
  public boolean supportsANSI92IntermediateSQL() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsANSI92IntermediateSQL);
  }

  @Override
  public boolean supportsANSI92FullSQL() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsANSI92FullSQL);
  }

  @Override
  public boolean supportsIntegrityEnhancementFacility() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsIntegrityEnhancementFacility);
  }

  @Override
  public boolean supportsOuterJoins() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsOuterJoins);
  }

  @Override
  public boolean supportsFullOuterJoins() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsFullOuterJoins);
  }

  @Override
  public boolean supportsLimitedOuterJoins() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsLimitedOuterJoins);
  }

  @Override
  public String getSchemaTerm() throws SQLException {
    return connection.metaData(DatabaseMetaData::getSchemaTerm);
  }

  @Override
  public String getProcedureTerm() throws SQLException {
    return connection.metaData(DatabaseMetaData::getProcedureTerm);
  }

  @Override
  public String getCatalogTerm() throws SQLException {
    return connection.metaData(DatabaseMetaData::getCatalogTerm);
  }

  @Override
  public boolean isCatalogAtStart() throws SQLException {
    return connection.metaData(DatabaseMetaData::isCatalogAtStart);
  }

  @Override
  public String getCatalogSeparator() throws SQLException {
    return connection.metaData(DatabaseMetaData::getCatalogSeparator);
  }

  @Override
  public boolean supportsSchemasInDataManipulation() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSchemasInDataManipulation);
  }

  @Override
  public boolean supportsSchemasInProcedureCalls() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSchemasInProcedureCalls);
  }

  @Override
  public boolean supportsSchemasInTableDefinitions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSchemasInTableDefinitions);
  }

  @Override
  public boolean supportsSchemasInIndexDefinitions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSchemasInIndexDefinitions);
  }

  @Override
  public boolean supportsSchemasInPrivilegeDefinitions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSchemasInPrivilegeDefinitions);
  }

  @Override
  public boolean supportsCatalogsInDataManipulation() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCatalogsInDataManipulation);
  }

  @Override
  public boolean supportsCatalogsInProcedureCalls() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCatalogsInProcedureCalls);
  }

  @Override
  public boolean supportsCatalogsInTableDefinitions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCatalogsInTableDefinitions);
  }

  @Override
  public boolean supportsCatalogsInIndexDefinitions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCatalogsInIndexDefinitions);
  }

  @Override
  public boolean supportsCatalogsInPrivilegeDefinitions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCatalogsInPrivilegeDefinitions);
  }

  @Override
  public boolean supportsPositionedDelete() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsPositionedDelete);
  }

  @Override
  public boolean supportsPositionedUpdate() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsPositionedUpdate);
  }

  @Override
  public boolean supportsSelectForUpdate() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSelectForUpdate);
  }

  @Override
  public boolean supportsStoredProcedures() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsStoredProcedures);
  }

  @Override
  public boolean supportsSubqueriesInComparisons() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSubqueriesInComparisons);
  }

  @Override
  public boolean supportsSubqueriesInExists() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSubqueriesInExists);
  }

  @Override
  public boolean supportsSubqueriesInIns() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSubqueriesInIns);
  }

  @Override
  public boolean supportsSubqueriesInQuantifieds() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSubqueriesInQuantifieds);
  }

  @Override
  public boolean supportsCorrelatedSubqueries() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsCorrelatedSubqueries);
  }

  @Override
  public boolean supportsUnion() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsUnion);
  }

  @Override
  public boolean supportsUnionAll() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsUnionAll);
  }

  @Override
  public boolean supportsOpenCursorsAcrossCommit() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsOpenCursorsAcrossCommit);
  }

  @Override
  public boolean supportsOpenCursorsAcrossRollback() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsOpenCursorsAcrossRollback);
  }

  @Override
  public boolean supportsOpenStatementsAcrossCommit() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsOpenStatementsAcrossCommit);
  }

  @Override
  public boolean supportsOpenStatementsAcrossRollback() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsOpenStatementsAcrossRollback);
  }

  @Override
  public int getMaxBinaryLiteralLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxBinaryLiteralLength);
  }

  @Override
  public int getMaxCharLiteralLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxCharLiteralLength);
  }

  @Override
  public int getMaxColumnNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxColumnNameLength);
  }

  @Override
  public int getMaxColumnsInGroupBy() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxColumnsInGroupBy);
  }

  @Override
  public int getMaxColumnsInIndex() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxColumnsInIndex);
  }

  @Override
  public int getMaxColumnsInOrderBy() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxColumnsInOrderBy);
  }

  @Override
  public int getMaxColumnsInSelect() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxColumnsInSelect);
  }

  @Override
  public int getMaxColumnsInTable() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxColumnsInTable);
  }

  @Override
  public int getMaxConnections() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxConnections);
  }

  @Override
  public int getMaxCursorNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxCursorNameLength);
  }

  @Override
  public int getMaxIndexLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxIndexLength);
  }

  @Override
  public int getMaxSchemaNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxSchemaNameLength);
  }

  @Override
  public int getMaxProcedureNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxProcedureNameLength);
  }

  @Override
  public int getMaxCatalogNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxCatalogNameLength);
  }

  @Override
  public int getMaxRowSize() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxRowSize);
  }

  @Override
  public boolean doesMaxRowSizeIncludeBlobs() throws SQLException {
    return connection.metaData(DatabaseMetaData::doesMaxRowSizeIncludeBlobs);
  }

  @Override
  public int getMaxStatementLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxStatementLength);
  }

  @Override
  public int getMaxStatements() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxStatements);
  }

  @Override
  public int getMaxTableNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxTableNameLength);
  }

  @Override
  public int getMaxTablesInSelect() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxTablesInSelect);
  }

  @Override
  public int getMaxUserNameLength() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxUserNameLength);
  }

  @Override
  public int getDefaultTransactionIsolation() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getDefaultTransactionIsolation);
  }

  @Override
  public boolean supportsTransactions() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsTransactions);
  }

  @Override
  public boolean supportsTransactionIsolationLevel(int level) throws SQLException {
    return connection.metaData(metaData -> metaData.supportsTransactionIsolationLevel(level));
  }

  @Override
  public boolean supportsDataDefinitionAndDataManipulationTransactions() throws SQLException {
    return connection.metaData(
        DatabaseMetaData::supportsDataDefinitionAndDataManipulationTransactions);
  }

  @Override
  public boolean supportsDataManipulationTransactionsOnly() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsDataManipulationTransactionsOnly);
  }

  @Override
  public boolean dataDefinitionCausesTransactionCommit() throws SQLException {
    return connection.metaData(DatabaseMetaData::dataDefinitionCausesTransactionCommit);
  }

  @Override
  public boolean dataDefinitionIgnoredInTransactions() throws SQLException {
    return connection.metaData(DatabaseMetaData::dataDefinitionIgnoredInTransactions);
  }

  @Override
  public ResultSet getProcedures(String catalog, String schemaPattern, String procedureNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getProcedures(catalog, schemaPattern, procedureNamePattern));
  }

  @Override
  public ResultSet getProcedureColumns(
      String catalog, String schemaPattern, String procedureNamePattern, String columnNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData ->
            metaData.getProcedureColumns(
                catalog, schemaPattern, procedureNamePattern, columnNamePattern));
  }

  @Override
  public ResultSet getTables(
      String catalog, String schemaPattern, String tableNamePattern, String[] types)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getTables(catalog, schemaPattern, tableNamePattern, types));
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return connection.metaDataResult(DatabaseMetaData::getSchemas);
  }

  @Override
  public ResultSet getCatalogs() throws SQLException {
    return connection.metaDataResult(DatabaseMetaData::getCatalogs);
  }

  @Override
  public ResultSet getTableTypes() throws SQLException {
    return connection.metaDataResult(DatabaseMetaData::getTableTypes);
  }

  @Override
  public ResultSet getColumns(
      String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData ->
            metaData.getColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
  }

  @Override
  public ResultSet getColumnPrivileges(
      String catalog, String schema, String table, String columnNamePattern) throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getColumnPrivileges(catalog, schema, table, columnNamePattern));
  }

  @Override
  public ResultSet getTablePrivileges(String catalog, String schemaPattern, String tableNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getTablePrivileges(catalog, schemaPattern, tableNamePattern));
  }

  @Override
  public ResultSet getBestRowIdentifier(
      String catalog, String schema, String table, int scope, boolean nullable)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getBestRowIdentifier(catalog, schema, table, scope, nullable));
  }

  @Override
  public ResultSet getVersionColumns(String catalog, String schema, String table)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getVersionColumns(catalog, schema, table));
  }

  @Override
  public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
    return connection.metaDataResult(metaData -> metaData.getPrimaryKeys(catalog, schema, table));
  }

  @Override
  public ResultSet getImportedKeys(String catalog, String schema, String table)
      throws SQLException {
    return connection.metaDataResult(metaData -> metaData.getImportedKeys(catalog, schema, table));
  }

  @Override
  public ResultSet getExportedKeys(String catalog, String schema, String table)
      throws SQLException {
    return connection.metaDataResult(metaData -> metaData.getExportedKeys(catalog, schema, table));
  }

  @Override
  public ResultSet getCrossReference(
      String parentCatalog,
      String parentSchema,
      String parentTable,
      String foreignCatalog,
      String foreignSchema,
      String foreignTable)
      throws SQLException {
    return connection.metaDataResult(
        metaData ->
            metaData.getCrossReference(
                parentCatalog,
                parentSchema,
                parentTable,
                foreignCatalog,
                foreignSchema,
                foreignTable));
  }

  @Override
  public ResultSet getTypeInfo() throws SQLException {
    return connection.metaDataResult(DatabaseMetaData::getTypeInfo);
  }

  @Override
  public ResultSet getIndexInfo(
      String catalog, String schema, String table, boolean unique, boolean approximate)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getIndexInfo(catalog, schema, table, unique, approximate));
  }

  @Override
  public boolean supportsResultSetType(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.supportsResultSetType(type));
  }

  @Override
  public boolean supportsResultSetConcurrency(int type, int concurrency) throws SQLException {
    return connection.metaData(
        metaData -> metaData.supportsResultSetConcurrency(type, concurrency));
  }

  @Override
  public boolean ownUpdatesAreVisible(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.ownUpdatesAreVisible(type));
  }

  @Override
  public boolean ownDeletesAreVisible(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.ownDeletesAreVisible(type));
  }

  @Override
  public boolean ownInsertsAreVisible(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.ownInsertsAreVisible(type));
  }

  @Override
  public boolean othersUpdatesAreVisible(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.othersUpdatesAreVisible(type));
  }

  @Override
  public boolean othersDeletesAreVisible(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.othersDeletesAreVisible(type));
  }

  @Override
  public boolean othersInsertsAreVisible(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.othersInsertsAreVisible(type));
  }

  @Override
  public boolean updatesAreDetected(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.updatesAreDetected(type));
  }

  @Override
  public boolean deletesAreDetected(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.deletesAreDetected(type));
  }

  @Override
  public boolean insertsAreDetected(int type) throws SQLException {
    return connection.metaData(metaData -> metaData.insertsAreDetected(type));
  }

  @Override
  public boolean supportsBatchUpdates() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsBatchUpdates);
  }

  @Override
  public ResultSet getUDTs(
      String catalog, String schemaPattern, String typeNamePattern, int[] types)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getUDTs(catalog, schemaPattern, typeNamePattern, types));
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connection;
  }

  @Override
  public boolean supportsSavepoints() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSavepoints);
  }

  @Override
  public boolean supportsNamedParameters() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsNamedParameters);
  }

  @Override
  public boolean supportsMultipleOpenResults() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsMultipleOpenResults);
  }

  @Override
  public boolean supportsGetGeneratedKeys() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsGetGeneratedKeys);
  }

  @Override
  public ResultSet getSuperTypes(String catalog, String schemaPattern, String typeNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getSuperTypes(catalog, schemaPattern, typeNamePattern));
  }

  @Override
  public ResultSet getSuperTables(String catalog, String schemaPattern, String tableNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getSuperTables(catalog, schemaPattern, tableNamePattern));
  }

  @Override
  public ResultSet getAttributes(
      String catalog, String schemaPattern, String typeNamePattern, String attributeNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData ->
            metaData.getAttributes(catalog, schemaPattern, typeNamePattern, attributeNamePattern));
  }

  @Override
  public boolean supportsResultSetHoldability(int holdability) throws SQLException {
    return connection.metaData(metaData -> metaData.supportsResultSetHoldability(holdability));
  }

  @Override
  public int getResultSetHoldability() throws SQLException {
    return connection.metaData(DatabaseMetaData::getResultSetHoldability);
  }

  @Override
  public int getDatabaseMajorVersion() throws SQLException {
    return connection.metaData(DatabaseMetaData::getDatabaseMajorVersion);
  }

  @Override
  public int getDatabaseMinorVersion() throws SQLException {
    return connection.metaData(DatabaseMetaData::getDatabaseMinorVersion);
  }

  @Override
  public int getJDBCMajorVersion() throws SQLException {
    return connection.metaData(DatabaseMetaData::getJDBCMajorVersion);
  }

  @Override
  public int getJDBCMinorVersion() throws SQLException {
    return connection.metaData(DatabaseMetaData::getJDBCMinorVersion);
  }

  @Override
  public int getSQLStateType() throws SQLException {
    return connection.metaData(DatabaseMetaData::getSQLStateType);
  }

  @Override
  public boolean locatorsUpdateCopy() throws SQLException {
    return connection.metaData(DatabaseMetaData::locatorsUpdateCopy);
  }

  @Override
  public boolean supportsStatementPooling() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsStatementPooling);
  }

  @Override
  public RowIdLifetime getRowIdLifetime() throws SQLException {
    return connection.metaData(DatabaseMetaData::getRowIdLifetime);
  }

  @Override
  public ResultSet getSchemas(String catalog, String schemaPattern) throws SQLException {
    return connection.metaDataResult(metaData -> metaData.getSchemas(catalog, schemaPattern));
  }

  @Override
  public boolean supportsStoredFunctionsUsingCallSyntax() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsStoredFunctionsUsingCallSyntax);
  }

  @Override
  public boolean autoCommitFailureClosesAllResultSets() throws SQLException {
    return connection.metaData(DatabaseMetaData::autoCommitFailureClosesAllResultSets);
  }

  @Override
  public ResultSet getClientInfoProperties() throws SQLException {
    return connection.metaDataResult(DatabaseMetaData::getClientInfoProperties);
  }

  @Override
  public ResultSet getFunctions(String catalog, String schemaPattern, String functionNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData -> metaData.getFunctions(catalog, schemaPattern, functionNamePattern));
  }

  @Override
  public ResultSet getFunctionColumns(
      String catalog, String schemaPattern, String functionNamePattern, String columnNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData ->
            metaData.getFunctionColumns(
                catalog, schemaPattern, functionNamePattern, columnNamePattern));
  }

  @Override
  public ResultSet getPseudoColumns(
      String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
      throws SQLException {
    return connection.metaDataResult(
        metaData ->
            metaData.getPseudoColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
  }

  @Override
  public boolean generatedKeyAlwaysReturned() throws SQLException {
    return connection.metaData(DatabaseMetaData::generatedKeyAlwaysReturned);
  }

  @Override
  public long getMaxLogicalLobSize() throws SQLException {
    return connection.metaDataQuery(DatabaseMetaData::getMaxLogicalLobSize);
  }

  @Override
  public boolean supportsRefCursors() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsRefCursors);
  }

  @Override
  public boolean supportsSharding() throws SQLException {
    return connection.metaData(DatabaseMetaData::supportsSharding);
  }

  @Override
  public <T> T unwrap(Class<T> iface) throws SQLException {
    return iface.isInstance(this) ? iface.cast(this) : connection.unwrapMetaData(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    return iface.isInstance(this)
        || connection.metaData(
            metaData -> iface.isInstance(metaData) || metaData.isWrapperFor(iface));
  }
}

package io.txhost.jooq;

import org.jooq.Name;
import org.jooq.TableField;
import org.jooq.UniqueKey;
import org.jooq.impl.CustomTable;
import org.jooq.impl.DSL;
import org.jooq.impl.Internal;
import org.jooq.impl.SQLDataType;
import org.jooq.impl.UpdatableRecordImpl;

/** The table of the tests, much as jOOQ's code generator would make it. */
final class Item extends CustomTable<Item.Row> {
  private static final long serialVersionUID = 1L;

  static final Item ITEM = new Item(DSL.unquotedName("item"));

  final TableField<Row, Integer> id = createField(DSL.unquotedName("id"), SQLDataType.INTEGER);
  final TableField<Row, String> label =
      createField(DSL.unquotedName("label"), SQLDataType.VARCHAR(40));
  final TableField<Row, Integer> version =
      createField(DSL.unquotedName("version"), SQLDataType.INTEGER);

  private Item(Name name) {
    super(name);
  }

  @Override
  public Class<Row> getRecordType() {
    return Row.class;
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of generics
  public UniqueKey<Row> getPrimaryKey() {
    return Internal.createUniqueKey(this, DSL.name("pk_item"), new TableField[] {id}, true);
  }

  @Override
  public TableField<Row, ?> getRecordVersion() {
    return version;
  }

  /** A row. */
  static final class Row extends UpdatableRecordImpl<Row> {
    private static final long serialVersionUID = 1L;

    Row() {
      super(ITEM);
    }

    static Row of(int id, String label) {
      Row row = new Row();
      row.set(ITEM.id, id);
      row.set(ITEM.label, label);
      return row;
    }
  }
}

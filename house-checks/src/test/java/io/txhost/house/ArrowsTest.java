package io.txhost.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between the rooms point inwards only. */
final class ArrowsTest {
  private static final String CORE = "io.txhost";
  private static final String CONTEXT = "io.txhost.context";
  private static final String SPI = "io.txhost.spi";
  private static final String INTERNAL = "io.txhost.internal";
  private static final String MICROMETER = "io.txhost.internal.micrometer";
  private static final String MARKER = "kotlin.internal"; // compiled against, not in the jar
  private static final String JDBC = "io.txhost.jdbc..";
  private static final String JDBI = "io.txhost.jdbi..";
  private static final String JOOQ = "io.txhost.jooq..";
  private static final String SERVLET = "io.txhost.servlet..";
  private static final String OBSERVE = "io.txhost.observe..";
  private static final String SPRING = "io.txhost.spring";
  private static final String BOOT = "io.txhost.spring.boot..";
  private static final String BRIDGE = "io.txhost.spring.tx..";
  private static final String SPRING_TEST = "io.txhost.spring.test..";
  private static final String TEST = "io.txhost.test..";
  private static final String TCK = "io.txhost.tck..";
  private static final String KOTLIN = "io.txhost.kotlin..";

  /** What every Java has, and the annotations that no one needs at run time. */
  private static final List<String> ALWAYS = List.of("java..", "javax.sql..", "org.jspecify..");

  /** The classes that every Java sees. */
  private static final JavaClasses BASE =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("META-INF/versions"))
          .importPaths(House.published().stream().map(House::classesOf).toList());

  /** Those that only later ones see, in place of the base's of the same name. */
  private static final JavaClasses VERSIONED =
      new ClassFileImporter()
          .withImportOption(location -> location.contains("META-INF/versions"))
          .importPaths(House.published().stream().map(House::classesOf).toList());

  @ParameterizedTest
  @ValueSource(
      strings = {
        CORE,
        CONTEXT,
        SPI,
        INTERNAL,
        MICROMETER,
        "io.txhost.jdbc",
        "io.txhost.jdbi",
        "io.txhost.jooq",
        "io.txhost.servlet",
        "io.txhost.observe",
        "io.txhost.spring",
        "io.txhost.spring.boot",
        "io.txhost.spring.tx",
        "io.txhost.spring.test",
        "io.txhost.test",
        "io.txhost.tck",
        "io.txhost.kotlin"
      })
  void everyRoomHasClasses(String room) {
    assertThat(BASE.containPackage(room)).as(room).isTrue();
  }

  @Test
  void theVersionedClassesWereRead() {
    assertThat(VERSIONED).isNotEmpty();
  }

  @Test
  void theContextStandsOnTheJdkAndTheCarrierAlone() {
    only(CONTEXT, CONTEXT, INTERNAL);
  }

  @Test
  void theCarrierStandsOnTheJdkAndItsRegistrationAlone() {
    only(INTERNAL, INTERNAL, MICROMETER);
  }

  @Test
  void whatIsCarriedBySnapshotsIsTheCarriersAndThereAloneIsTheirLibraryKnown() {
    only(MICROMETER, MICROMETER, INTERNAL, "io.micrometer.context..");
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(MICROMETER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer.context.."));
  }

  @Test
  void theSpiKnowsWhatUsersSeeAndHowThreadsAreNamed() {
    only(SPI, SPI, CORE, INTERNAL);
  }

  @Test
  void theHostStandsOnTheRestOfTheCore() {
    only(CORE, CORE, CONTEXT, SPI, INTERNAL, MARKER);
  }

  @Test
  void jdbcStandsOnTheCore() {
    only(
        JDBC, JDBC, CORE, CONTEXT, SPI, "com.mysql.cj..", "org.mariadb.jdbc..", "org.postgresql..");
  }

  @Test
  void jdbiStandsOnJdbc() {
    only(JDBI, JDBI, JDBC, CORE, CONTEXT, SPI, "org.jdbi..");
  }

  @Test
  void jooqStandsOnJdbc() {
    only(JOOQ, JOOQ, JDBC, CORE, CONTEXT, SPI, "org.jooq..", "io.r2dbc..");
  }

  @Test
  void aRequestsContextNeedsNoSpringAndNoTransactions() {
    only(SERVLET, SERVLET, CONTEXT, "jakarta.servlet..");
  }

  @Test
  void whatIsObservedIsToldByTheSpiAlone() {
    only(
        OBSERVE,
        OBSERVE,
        CORE,
        SPI,
        "io.micrometer.common..",
        "io.micrometer.core.instrument..",
        "io.micrometer.observation..",
        "jdk.jfr..");
    holds(
        noClasses()
            .that()
            .resideInAPackage(OBSERVE)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.txhost.TransactionHost"));
  }

  @Test
  void kotlinsExtensionsStandOnTheCore() {
    only(
        KOTLIN,
        KOTLIN,
        CORE,
        CONTEXT,
        INTERNAL,
        "kotlin..",
        "kotlinx.coroutines..",
        "org.jetbrains.annotations..");
  }

  @Test
  void springKnowsNoAdapterAndNoTransactionManagerOfSpringsButByTheBridge() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(SPRING)
            .and()
            .resideOutsideOfPackage(BRIDGE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                SPRING_TEST,
                JDBC,
                JDBI,
                JOOQ,
                TEST,
                TCK,
                INTERNAL,
                "org.springframework.transaction..",
                "org.jdbi..",
                "org.jooq.."));
  }

  @Test
  void theBridgeStandsOnJdbcAndOnSpringsTransactionsAlone() {
    only(
        BRIDGE,
        BRIDGE,
        JDBC,
        CORE,
        INTERNAL,
        "org.springframework.transaction..",
        "org.springframework.jdbc..",
        "org.springframework.dao..",
        "org.springframework.util..");
    holds(
        noClasses()
            .that()
            .resideInAPackage(SPRING)
            .and()
            .resideOutsideOfPackage(BRIDGE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BRIDGE));
  }

  @Test
  void springsTestsStandOnTestSupportAndKnowNoHost() {
    only(SPRING_TEST, SPRING_TEST, TEST, "org.springframework..");
  }

  @Test
  void whatIsOptionalToSpringIsKnownWhereItIsNeededAlone() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(SPRING)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta..", "org.slf4j..", SERVLET));
    holds(
        noClasses()
            .that()
            .resideInAPackage(SPRING)
            .and()
            .haveNameNotMatching("io\\.txhost\\.spring\\.[A-Za-z]*Test[A-Za-z]*(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.test.."));
    holds(
        noClasses()
            .that()
            .resideInAPackage(SPRING)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.boot.."));
  }

  @Test
  void theStarterStandsOnWhatAnApplicationMayHave() {
    only(
        BOOT,
        BOOT,
        SPRING,
        SPRING + ".tx",
        JDBC,
        JDBI,
        JOOQ,
        SERVLET,
        OBSERVE,
        CORE,
        CONTEXT,
        SPI,
        INTERNAL, // which carrier it is
        "org.springframework..",
        "org.jdbi..",
        "org.jooq..",
        "jakarta.servlet..",
        "io.micrometer..",
        "jdk.jfr..");
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(BOOT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BOOT));
  }

  @Test
  void theContractStandsOnTestSupportAndNeedsNothingOfTheCoresInside() {
    only(
        TCK,
        TCK,
        TEST,
        CORE,
        CONTEXT,
        SPI,
        "org.junit.jupiter..",
        "org.assertj..",
        "com.zaxxer.hikari..");
    holds(
        noClasses()
            .that()
            .resideInAPackage(TEST)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TCK));
  }

  @Test
  void testSupportKnowsNoAdapterAndNoSpring() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(TEST)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                JDBC, JDBI, JOOQ, SPRING, "org.springframework..", "org.jdbi..", "org.jooq.."));
  }

  @Test
  void onlyTheCoreTestSupportAndTheBridgeTouchTheCoresInside() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(JDBC, JDBI, JOOQ, OBSERVE, SPRING)
            .and()
            .resideOutsideOfPackage(BRIDGE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(INTERNAL));
  }

  @Test
  void whatUsersSeeNamesNothingInternal() {
    Set<String> leaks = new TreeSet<>();
    for (JavaClass type : BASE) {
      if (isVisible(type)) {
        named(type)
            .filter(ArrowsTest::isInternal)
            .forEach(inner -> leaks.add(type.getName() + " names " + inner.getName()));
      }
    }
    assertThat(leaks).isEmpty();
  }

  private static void only(String room, String... neighbours) {
    String[] allowed = Stream.concat(ALWAYS.stream(), Stream.of(neighbours)).toArray(String[]::new);
    holds(
        classes()
            .that()
            .resideInAPackage(room)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(allowed));
  }

  private static void holds(ArchRule rule) {
    rule.check(BASE);
    rule.allowEmptyShould(true).check(VERSIONED);
  }

  private static boolean isVisible(JavaClass type) {
    return !isInternal(type)
        && isOpen(type.getModifiers())
        && type.getEnclosingClass().map(ArrowsTest::isVisible).orElse(true);
  }

  private static boolean isInternal(JavaClass type) {
    return type.getPackageName().startsWith(CORE) && type.getPackageName().contains(".internal");
  }

  private static boolean isOpen(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  /** What the type's visible signatures are made of. */
  private static Stream<JavaClass> named(JavaClass type) {
    Stream<JavaClass> above =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
            .flatMap(t -> t.getAllInvolvedRawTypes().stream());
    Stream<JavaClass> fields =
        type.getFields().stream()
            .filter(field -> isOpen(field.getModifiers()))
            .map(JavaField::getType)
            .flatMap(t -> t.getAllInvolvedRawTypes().stream());
    Stream<JavaClass> code =
        type.getCodeUnits().stream()
            .filter(unit -> isOpen(unit.getModifiers()))
            .flatMap(ArrowsTest::namedBy);
    return Stream.of(above, fields, code).flatMap(all -> all);
  }

  private static Stream<JavaClass> namedBy(JavaCodeUnit unit) {
    return Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
        .flatMap(t -> t.getAllInvolvedRawTypes().stream());
  }
}

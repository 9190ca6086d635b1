package io.github.unroll.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing in the library, the program and the examples depends on the locale of the JVM: where the
 * JDK has a form that takes a {@link Locale}, the one without is not called.
 */
class RootLocaleTest {

  /** What takes the default locale and has no form that takes one. */
  private static final List<String> BANNED =
      List.of(
          String.class.getName() + ".formatted",
          Locale.class.getName() + ".getDefault",
          Scanner.class.getName() + ".<init>",
          DecimalFormat.class.getName() + ".<init>",
          MessageFormat.class.getName() + ".format",
          "java.time.format.DateTimeFormatter.ofLocalizedDate",
          "java.time.format.DateTimeFormatter.ofLocalizedTime",
          "java.time.format.DateTimeFormatter.ofLocalizedDateTime");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("io.github.unroll..");

  private static final JavaClasses EXAMPLES =
      new ClassFileImporter()
          .importPackages("io.github.unroll.examples..")
          .that(
              DescribedPredicate.describe(
                  "are no tests", type -> !type.getName().matches(".*Test(\\$.*)?")));

  private static final ArchRule NO_DEFAULT_LOCALE =
      classes()
          .should(
              new ArchCondition<>("not depend on the default locale") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  Stream.of(type.getCodeUnitCallsFromSelf(), type.getCodeUnitReferencesFromSelf())
                      .flatMap(Collection::stream)
                      .filter(access -> takesDefault(access.getTarget()))
                      .map(JavaCodeUnitAccess::getDescription)
                      .forEach(call -> events.add(SimpleConditionEvent.violated(type, call)));
                }
              });

  private static boolean takesDefault(CodeUnitAccessTarget called) {
    String owner = called.getOwner().getName();
    if (BANNED.contains(owner + "." + called.getName())) {
      return true;
    }
    if (!owner.startsWith("java.") || called.getRawParameterTypes().stream().anyMatch(isLocale())) {
      return false;
    }
    return overloads(called).anyMatch(o -> List.of(o.getParameterTypes()).contains(Locale.class));
  }

  private static DescribedPredicate<JavaClass> isLocale() {
    return DescribedPredicate.describe("Locale", type -> type.isEquivalentTo(Locale.class));
  }

  private static Stream<? extends Executable> overloads(CodeUnitAccessTarget called) {
    Class<?> owner = called.getOwner().reflect();
    return called.getName().equals("<init>")
        ? Arrays.stream(owner.getConstructors())
        : Arrays.stream(owner.getMethods()).filter(m -> m.getName().equals(called.getName()));
  }

  @TempDir Path folder;

  @Test
  void should_depend_on_no_default_locale() {
    assertThat(CLASSES).hasSizeGreaterThan(150);
    NO_DEFAULT_LOCALE.check(CLASSES);
    assertThat(EXAMPLES).hasSizeGreaterThan(15);
    NO_DEFAULT_LOCALE.check(EXAMPLES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "String.format(\"%d\", 1)",
        "\"%d\".formatted(1)",
        "(java.util.function.UnaryOperator<String>) String::formatted",
        "System.out.printf(\"%d\", 1)",
        "\"I\".toLowerCase()",
        "(java.util.function.UnaryOperator<String>) String::toUpperCase",
        "new java.util.Scanner(\"1\").nextInt()",
        "new java.util.Formatter()",
        "new java.text.DecimalFormat(\"0.0\").format(1)",
        "java.text.NumberFormat.getInstance()",
        "java.text.MessageFormat.format(\"{0}\", 1)",
        "new java.text.SimpleDateFormat(\"EEE\")",
        "java.time.format.DateTimeFormatter.ofPattern(\"EEE\")",
      })
  void should_notice_what_takes_the_default(String expression) throws IOException {
    assertThat(violations(expression)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "String.format(java.util.Locale.ROOT, \"%d\", 1)",
        "\"I\".toLowerCase(java.util.Locale.ROOT)",
        "Integer.toString(1) + 0.5 + \"x\".strip()",
      })
  void should_let_pass_what_names_its_locale_or_needs_none(String expression) throws IOException {
    assertThat(violations(expression)).isEmpty();
  }

  private List<String> violations(String expression) throws IOException {
    Path source = folder.resolve("Sample.java");
    Files.writeString(source, "class Sample { Object value = " + expression + "; }");
    assertThat(SourceCompiler.compile(List.of(source), "", folder)).isEmpty();
    JavaClasses sample = new ClassFileImporter().importPath(folder);
    return NO_DEFAULT_LOCALE.evaluate(sample).getFailureReport().getDetails();
  }
}

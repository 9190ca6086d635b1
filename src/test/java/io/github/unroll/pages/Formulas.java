package io.github.unroll.pages;

import io.github.unroll.tensor.Matrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The formulas of a page, computed as they stand there in LaTeX. Each {@code name = …} defines a
 * matrix and each {@code name += …} adds to one; what is asked for is then computed from what was
 * given, in whatever order the formulas stand. Factors that stand side by side are a product of
 * matrices; where the second is a parenthesis right behind the first, as in {@code f(1 - f)}, it is
 * one of elements.
 */
final class Formulas {

  private static final Pattern TOKEN =
      Pattern.compile("\\\\[a-zA-Z]+|\\\\,|[a-zA-Z]+|\\d+|\\+=|[-+=^_{}()\\[\\]]");
  private static final Pattern FORMULA = Pattern.compile("\\$\\$(.+?)\\$\\$|\\$([^$]+?)\\$");

  private final Map<String, Matrix> given = new HashMap<>();
  private final Map<String, List<Supplier<Matrix>>> terms = new HashMap<>();
  private final Map<String, Matrix> computed = new HashMap<>();

  /** All formulas of a text that stand in lines of their own, or in a line and have a {@code =}. */
  static List<String> of(String text) {
    return FORMULA
        .matcher(text)
        .results()
        .filter(f -> f.group(1) != null || f.group(2).contains("="))
        .map(f -> f.group(1) == null ? f.group(2) : f.group(1))
        .toList();
  }

  /** Gives a value. */
  Formulas given(String name, Matrix value) {
    given.put(name, value);
    return this;
  }

  /** A value as it was given, whatever formulas add to it. */
  Matrix given(String name) {
    return given.get(name);
  }

  /** Reads formulas. */
  Formulas read(List<String> formulas) {
    for (String formula : formulas) {
      for (String statement : formula.split("\\\\q?quad")) {
        define(statement);
      }
    }
    return this;
  }

  /** Reads formulas; what they define takes the place of what was read before. */
  Formulas readInstead(List<String> formulas) {
    Formulas others = new Formulas().read(formulas);
    others.terms.keySet().forEach(terms::remove);
    return read(formulas);
  }

  /** The value of a name. */
  Matrix get(String name) {
    Matrix known = computed.get(name);
    if (known != null) {
      return known;
    }
    Matrix value = given.get(name);
    for (Supplier<Matrix> term : terms.getOrDefault(name, List.of())) {
      Matrix next = term.get();
      value = value == null ? next : combine(value, next, Double::sum);
    }
    if (value == null) {
      throw new AssertionError("no formula says what " + name + " is");
    }
    computed.put(name, value);
    return value;
  }

  private void define(String statement) {
    Parser parser = new Parser(statement);
    if (parser.peek().equals("[")) {
      List<String> names = parser.names();
      parser.expect("=");
      defineBlocks(names, parser.rest());
      return;
    }
    String name = parser.name();
    String verb = parser.next();
    Supplier<Matrix> value = parser.expression();
    if (!verb.equals("+=")) {
      parser.require(verb.equals("="), "= or +=");
      terms.remove(name);
      given.remove(name);
    }
    terms.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
    if (parser.peek().equals("=")) {
      parser.next();
      defineBlocks(parser.names(), () -> get(name));
    }
    parser.require(parser.peek().isEmpty(), "the end");
  }

  /** {@code [a | b] = …}: blocks of columns of equal width. */
  private void defineBlocks(List<String> names, Supplier<Matrix> whole) {
    for (int i = 0; i < names.size(); i++) {
      int block = i;
      terms.put(
          names.get(i),
          List.of(
              () -> {
                int width = whole.get().cols() / names.size();
                return whole.get().columns(block * width, width).copy();
              }));
    }
  }

  /** What a parser has read is a recipe: names may be defined further down. */
  private final class Parser {

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int at;
    private String summedOver = "";

    Parser(String text) {
      this.text = text;
      String plain =
          text.replace("\\mathrel{+}=", "+=")
              .replaceAll("\\\\[Bb]ig", "")
              .replace("\\operatorname{softmax}", "\\softmax");
      Matcher token = TOKEN.matcher(plain);
      int end = 0;
      while (token.find()) {
        require(plain.substring(end, token.start()).isBlank(), "signs that are known");
        tokens.add(token.group());
        end = token.end();
      }
      require(plain.substring(end).isBlank(), "signs that are known");
    }

    void require(boolean holds, String wanted) {
      if (!holds) {
        throw new AssertionError(
            text + ": wanted " + wanted + " at " + tokens.subList(at, tokens.size()));
      }
    }

    String peek() {
      return at < tokens.size() ? tokens.get(at) : "";
    }

    String next() {
      String token = peek();
      at++;
      return token;
    }

    void expect(String token) {
      require(peek().equals(token), token);
      at++;
    }

    private boolean skip(String token) {
      boolean there = peek().equals(token);
      at += there ? 1 : 0;
      return there;
    }

    /** All that is left. */
    Supplier<Matrix> rest() {
      Supplier<Matrix> value = expression();
      require(peek().isEmpty(), "the end");
      return value;
    }

    /** A name with its indices, but for that over which is summed; {@code ^2} and T are none. */
    String name() {
      String name = next();
      if (name.equals("\\hat")) {
        name = "hat " + next();
      }
      require(name.matches("(hat )?[a-zA-Z]+"), "a name");
      while (peek().equals("_") || (peek().equals("^") && !isPower())) {
        String sign = next();
        String index = next();
        if (index.equals("{")) {
          index = next();
          expect("}");
        }
        name += sign.equals("_") && index.equals(summedOver) ? "" : sign + index;
      }
      return name;
    }

    private boolean isPower() {
      return List.of("\\top", "2").contains(tokens.get(at + 1));
    }

    /** {@code [a | b | c]}. */
    List<String> names() {
      expect("[");
      List<String> names = new ArrayList<>();
      do {
        skip("\\,");
        names.add(name());
        skip("\\,");
      } while (skip("\\mid"));
      expect("]");
      return names;
    }

    Supplier<Matrix> expression() {
      Supplier<Matrix> sum = term();
      while (List.of("+", "-").contains(peek())) {
        boolean plus = next().equals("+");
        Supplier<Matrix> left = sum;
        Supplier<Matrix> right = term();
        sum = () -> combine(left.get(), right.get(), plus ? Double::sum : (x, y) -> x - y);
      }
      return sum;
    }

    private Supplier<Matrix> term() {
      if (skip("\\sum")) {
        expect("_");
        summedOver = next();
        Supplier<Matrix> summed = term();
        boolean overRows = summedOver.equals("n");
        summedOver = "";
        return () -> overRows ? summed.get().columnSums() : summed.get().rowSums();
      }
      Supplier<Matrix> product = product();
      while (skip("\\odot")) {
        product = elements(product, product());
      }
      return product;
    }

    private Supplier<Matrix> product() {
      Supplier<Matrix> product = factor();
      while (true) {
        boolean apart = skip("\\,");
        if (!peek().matches("[a-zA-Z(\\[]+|\\\\hat|\\\\sigma|\\\\tanh")) {
          return product;
        }
        boolean ofElements = (!apart && peek().equals("(")) || !summedOver.isEmpty();
        Supplier<Matrix> left = product;
        Supplier<Matrix> right = factor();
        product = ofElements ? elements(left, right) : () -> left.get().matmul(right.get());
      }
    }

    private Supplier<Matrix> factor() {
      Supplier<Matrix> value = base();
      while (peek().equals("^")) {
        next();
        boolean transpose = next().equals("\\top");
        Supplier<Matrix> whole = value;
        value = transpose ? () -> whole.get().transposed().copy() : elements(whole, whole);
      }
      return value;
    }

    private Supplier<Matrix> base() {
      String token = peek();
      if (token.matches("\\d+")) {
        Matrix number = Matrix.of(1, 1, Double.parseDouble(next()));
        return () -> number;
      }
      if (skip("(")) {
        Supplier<Matrix> inner = expression();
        expect(")");
        return inner;
      }
      if (token.equals("[")) {
        List<String> names = names();
        return () -> sideBySide(names.stream().map(Formulas.this::get).toList());
      }
      if (List.of("\\sigma", "\\tanh", "\\softmax").contains(token)) {
        next();
        boolean squared = skip("^");
        if (squared) {
          expect("2");
        }
        expect("(");
        Supplier<Matrix> inner = expression();
        expect(")");
        Supplier<Matrix> value = () -> function(token, inner.get());
        return squared ? elements(value, value) : value;
      }
      String name = name();
      return () -> get(name);
    }
  }

  private static Supplier<Matrix> elements(Supplier<Matrix> left, Supplier<Matrix> right) {
    return () -> combine(left.get(), right.get(), (x, y) -> x * y);
  }

  // Java's own functions, not the library's.
  private static Matrix function(String name, Matrix x) {
    if (name.equals("\\softmax")) {
      Matrix exp = map(x, Math::exp);
      return combine(exp, exp.rowSums(), (e, sum) -> e / sum);
    }
    return map(x, name.equals("\\tanh") ? Math::tanh : a -> 1 / (1 + Math.exp(-a)));
  }

  private static Matrix map(Matrix x, DoubleUnaryOperator function) {
    return combine(x, x, (a, unused) -> function.applyAsDouble(a));
  }

  private static Matrix sideBySide(List<Matrix> parts) {
    int width = parts.get(0).cols();
    Matrix whole = new Matrix(parts.get(0).rows(), width * parts.size());
    for (int i = 0; i < whole.rows(); i++) {
      for (int j = 0; j < whole.cols(); j++) {
        whole.set(i, j, parts.get(j / width).get(i, j % width));
      }
    }
    return whole;
  }

  /** Element by element; a single row, column or number stands for as many as there are. */
  private static Matrix combine(Matrix a, Matrix b, DoubleBinaryOperator operator) {
    Matrix result = new Matrix(Math.max(a.rows(), b.rows()), Math.max(a.cols(), b.cols()));
    for (int i = 0; i < result.rows(); i++) {
      for (int j = 0; j < result.cols(); j++) {
        double x = a.get(a.rows() == 1 ? 0 : i, a.cols() == 1 ? 0 : j);
        double y = b.get(b.rows() == 1 ? 0 : i, b.cols() == 1 ? 0 : j);
        result.set(i, j, operator.applyAsDouble(x, y));
      }
    }
    return result;
  }
}

package io.github.unroll.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The values and gradients of parameters as flat arrays, to be sent from one machine to another:
 * parameter after parameter in the order of the list, each row by row.
 *
 * <pre>{@code
 * FlatParameters flat = new FlatParameters(model.parameters());
 * double[] gradients = flat.gradients();          // what a worker sends
 * flat.setValues(values);                         // what it receives
 * }</pre>
 *
 * <p>The parameters are live: every call reads or writes them as they are at that moment. A model
 * with the same description has the same order.
 */
public final class FlatParameters {

  private final List<Parameter> parameters = new ArrayList<>();
  private final int size;

  /**
   * A view of parameters, such as those of a model.
   *
   * @param parameters in the order of the flat arrays; one that is listed twice counts once
   * @throws IllegalArgumentException if they have more values than an array holds
   */
  public FlatParameters(List<Parameter> parameters) {
    Set<Parameter> listed = Collections.newSetFromMap(new IdentityHashMap<>());
    long values = 0;
    for (Parameter parameter : parameters) {
      if (listed.add(parameter)) {
        this.parameters.add(parameter);
        values += parameter.value().data().length;
      }
    }
    if (values > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "FlatParameters: %d values; an array holds at most %d, so flatten the parameters in"
                  + " parts",
              values,
              Integer.MAX_VALUE));
    }
    size = (int) values;
  }

  /** {@return the number of values of all parameters, the length of every flat array} */
  public int size() {
    return size;
  }

  /** {@return a copy of the values} */
  public double[] values() {
    return flat(false);
  }

  /** {@return a copy of the gradients} */
  public double[] gradients() {
    return flat(true);
  }

  private double[] flat(boolean gradients) {
    double[] flat = new double[size];
    int at = 0;
    for (Parameter parameter : parameters) {
      Matrix from = gradients ? parameter.gradOfTouchedRows() : parameter.value();
      System.arraycopy(from.data(), 0, flat, at, from.data().length);
      at += from.data().length;
    }
    return flat;
  }

  /**
   * Overwrites the values of the parameters.
   *
   * @param values copied
   * @throws IllegalArgumentException if there are not {@link #size} of them
   */
  public void setValues(double... values) {
    check("setValues", values);
    int at = 0;
    for (Parameter parameter : parameters) {
      double[] to = parameter.value().data();
      System.arraycopy(values, at, to, 0, to.length);
      at += to.length;
    }
  }

  /**
   * Adds to the values of the parameters.
   *
   * @param changes what is added to each value
   * @throws IllegalArgumentException if there are not {@link #size} of them
   */
  public void addValues(double... changes) {
    check("addValues", changes);
    int at = 0;
    for (Parameter parameter : parameters) {
      double[] to = parameter.value().data();
      for (int i = 0; i < to.length; i++) {
        to[i] += changes[at + i];
      }
      at += to.length;
    }
  }

  /**
   * Overwrites the gradients. Of a parameter that knows which rows are touched, such as an
   * embedding's, those that are not zero are touched afterwards.
   *
   * @param gradients copied
   * @throws IllegalArgumentException if there are not {@link #size} of them
   */
  public void setGradients(double... gradients) {
    takeGradients("setGradients", gradients, false);
  }

  /**
   * Adds to the gradients. Of a parameter that knows which rows are touched, such as an
   * embedding's, those to which something else than zeros is added are touched too.
   *
   * @param gradients what is added to each element
   * @throws IllegalArgumentException if there are not {@link #size} of them
   */
  public void addGradients(double... gradients) {
    takeGradients("addGradients", gradients, true);
  }

  private void takeGradients(String verb, double[] gradients, boolean add) {
    check(verb, gradients);
    int at = 0;
    for (Parameter parameter : parameters) {
      parameter.takeGrad(gradients, at, add);
      at += parameter.value().data().length;
    }
  }

  private void check(String verb, double[] flat) {
    if (flat.length != size) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "FlatParameters.%s: %d values for %d parameters of %d values; they are of another"
                  + " model",
              verb,
              flat.length,
              parameters.size(),
              size));
    }
  }

  /**
   * {@return a number by which the bits of all values are known: the same for equal bits, and
   * another one if they differ, with a probability of 1 − 2⁻⁶⁴; never 0} With the bits v of each
   * value in order it is {@code f = rotateLeft(f ^ v, 29) · 0x9E3779B97F4A7C15}, from f = 1 on.
   */
  public long fingerprint() {
    long f = 1;
    for (Parameter parameter : parameters) {
      for (double value : parameter.value().data()) {
        f = Long.rotateLeft(f ^ Double.doubleToRawLongBits(value), 29) * 0x9E3779B97F4A7C15L;
      }
    }
    return f == 0 ? 1 : f;
  }

  /** {@return the numbers as text, such as {@code FlatParameters(6 parameters, 847 values)}} */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "FlatParameters(%d parameters, %d values)", parameters.size(), size);
  }
}

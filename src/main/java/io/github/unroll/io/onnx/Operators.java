package io.github.unroll.io.onnx;

import java.util.Set;
import java.util.TreeSet;

/**
 * The operators that are run: what each takes, by the version of ONNX's operators since which it
 * does, and its implementation. All but the recurrent ones, which are {@link RecurrentNode}s.
 */
final class Operators {

  /** The oldest and the newest version of ONNX's operators that are run. */
  static final int OLDEST = 7;

  static final int NEWEST = 22;

  /** The options of all recurrent operators. */
  private static final String RECURRENT =
      " activation_alpha:double[] activation_beta:double[] activations:String[] clip:Double"
          + " direction:String hidden_size:Long";

  /**
   * One line for an operator and a version: name, since, least and most inputs, most outputs,
   * options with their types; ! marks an option that must be given, 999999 any number.
   */
  private static final String[] TABLE =
      """
      Abs 6 1 1 1
      Add 7 2 2 1
      And 7 2 2 1
      Cast 6 1 1 1 to:Long!
      Cast 19 1 1 1 to:Long! saturate:Long
      Concat 4 1 999999 1 axis:Long!
      Constant 1 0 0 1 value:StoredArray
      Constant 12 0 0 1 value:StoredArray value_float:Double value_floats:double[] value_int:Long value_ints:long[]
      ConstantOfShape 9 1 1 1 value:StoredArray
      Div 7 2 2 1
      Dropout 7 1 1 2 ratio:Double
      Dropout 12 1 3 2 seed:Long
      Elu 6 1 1 1 alpha:Double
      Equal 7 2 2 1
      Exp 6 1 1 1
      Expand 8 2 2 1
      Flatten 1 1 1 1 axis:Long
      GRU 7 3 6 2 linear_before_reset:Long
      GRU 14 3 6 2 linear_before_reset:Long layout:Long
      Gather 1 2 2 1 axis:Long
      Gemm 7 2 3 1 alpha:Double beta:Double transA:Long transB:Long
      Greater 7 2 2 1
      HardSigmoid 6 1 1 1 alpha:Double beta:Double
      Identity 1 1 1 1
      LSTM 7 3 8 3 input_forget:Long
      LSTM 14 3 8 3 input_forget:Long layout:Long
      LeakyRelu 6 1 1 1 alpha:Double
      Less 7 2 2 1
      Log 6 1 1 1
      LogSoftmax 1 1 1 1 axis:Long
      MatMul 1 2 2 1
      Max 8 1 999999 1
      Min 8 1 999999 1
      Mul 7 2 2 1
      Neg 6 1 1 1
      Not 1 1 1 1
      Or 7 2 2 1
      Pow 7 2 2 1
      RNN 7 3 6 2
      RNN 14 3 6 2 layout:Long
      Range 11 3 3 1
      Reciprocal 6 1 1 1
      ReduceMax 1 1 1 1 axes:long[] keepdims:Long
      ReduceMax 18 1 2 1 keepdims:Long noop_with_empty_axes:Long
      ReduceMean 1 1 1 1 axes:long[] keepdims:Long
      ReduceMean 18 1 2 1 keepdims:Long noop_with_empty_axes:Long
      ReduceMin 1 1 1 1 axes:long[] keepdims:Long
      ReduceMin 18 1 2 1 keepdims:Long noop_with_empty_axes:Long
      ReduceSum 1 1 1 1 axes:long[] keepdims:Long
      ReduceSum 13 1 2 1 keepdims:Long noop_with_empty_axes:Long
      Relu 6 1 1 1
      Reshape 5 2 2 1
      Reshape 14 2 2 1 allowzero:Long
      Shape 1 1 1 1
      Shape 15 1 1 1 start:Long end:Long
      Sigmoid 6 1 1 1
      Slice 1 1 1 1 axes:long[] starts:long[]! ends:long[]!
      Slice 10 3 5 1
      Softmax 1 1 1 1 axis:Long
      Softplus 1 1 1 1
      Softsign 1 1 1 1
      Split 2 1 1 999999 axis:Long split:long[]
      Split 13 1 2 999999 axis:Long
      Split 18 1 2 999999 axis:Long num_outputs:Long
      Sqrt 6 1 1 1
      Squeeze 1 1 1 1 axes:long[]
      Squeeze 13 1 2 1
      Sub 7 2 2 1
      Sum 8 1 999999 1
      Tanh 6 1 1 1
      ThresholdedRelu 10 1 1 1 alpha:Double
      Transpose 1 1 1 1 perm:long[]
      Unsqueeze 1 1 1 1 axes:long[]!
      Unsqueeze 13 2 2 1
      Where 9 3 3 1
      """
          .split("\n");

  private Operators() {}

  /** The words of the line for an operator in a version; null if there is none that is run. */
  static String[] form(String operator, int version) {
    String[] form = null;
    for (String line : TABLE) { // of one operator the older versions stand first
      if (line.startsWith(operator) && line.indexOf(' ') == operator.length()) {
        String[] words = (isRecurrent(operator) ? line.concat(RECURRENT) : line).split(" ");
        form = Integer.parseInt(words[1]) <= version ? words : form;
      }
    }
    return form;
  }

  /** The names of all operators. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (String line : TABLE) {
      names.add(line.substring(0, line.indexOf(' ')));
    }
    return names;
  }

  static boolean isRecurrent(String operator) {
    return operator.equals("RNN") || operator.equals("GRU") || operator.equals("LSTM");
  }

  static Tensor[] run(NodeCall call) {
    return switch (call.node().operator()) {
      case "Split" -> Layouts.split(call);
      case "Dropout" -> Layouts.dropout(call);
      default -> new Tensor[] {one(call)};
    };
  }

  private static Tensor one(NodeCall call) {
    return switch (call.node().operator()) {
      case "Add", "Sum" -> Arithmetic.joined(call, '+');
      case "Sub" -> Arithmetic.joined(call, '-');
      case "Mul" -> Arithmetic.joined(call, '*');
      case "Div" -> Arithmetic.joined(call, '/');
      case "Pow" -> Arithmetic.power(call);
      case "Max" -> Arithmetic.joined(call, 'M');
      case "Min" -> Arithmetic.joined(call, 'm');
      case "Equal" -> Arithmetic.compared(call, '=');
      case "Less" -> Arithmetic.compared(call, '<');
      case "Greater" -> Arithmetic.compared(call, '>');
      case "And", "Or", "Not" -> Arithmetic.logical(call);
      case "Where" -> Arithmetic.where(call);
      case "Abs", "Neg", "Sqrt", "Reciprocal", "Exp", "Log" -> Arithmetic.unary(call);
      case "Cast" -> Arithmetic.cast(call);
      case "Identity" -> call.in(0);
      case "Reshape" -> Layouts.reshape(call);
      case "Flatten" -> Layouts.flatten(call);
      case "Squeeze" -> Layouts.squeeze(call);
      case "Unsqueeze" -> Layouts.unsqueeze(call);
      case "Transpose" -> Layouts.transpose(call);
      case "Expand" -> Layouts.expand(call);
      case "Slice" -> Layouts.slice(call);
      case "Gather" -> Layouts.gather(call);
      case "Concat" -> Layouts.concat(call);
      case "Shape" -> Layouts.shape(call);
      case "Constant" -> Layouts.constant(call);
      case "ConstantOfShape" -> Layouts.constantOfShape(call);
      case "Range" -> Layouts.range(call);
      case "MatMul" -> Arithmetic.matmul(call);
      case "Gemm" -> Arithmetic.gemm(call);
      case "ReduceSum" -> Arithmetic.reduce(call, '+');
      case "ReduceMax" -> Arithmetic.reduce(call, 'M');
      case "ReduceMin" -> Arithmetic.reduce(call, 'm');
      case "ReduceMean" -> Arithmetic.mean(call);
      case "Softmax" -> Arithmetic.softmax(call, false);
      case "LogSoftmax" -> Arithmetic.softmax(call, true);
      default -> Arithmetic.activation(call);
    };
  }
}

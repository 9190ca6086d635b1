package io.github.unroll.io.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The operators that are run: what each takes, by the version of ONNX's operators since which it
 * does, and its implementation. All but the recurrent ones, which are {@link RecurrentNode}s.
 */
final class Operators {

  /** The oldest and the newest version of ONNX's operators that are run. */
  static final int OLDEST = 7;

  static final int NEWEST = 22;

  /**
   * One line for an operator and a version: name, since, least and most inputs, most outputs,
   * options with their types; ! marks an option that must be given, 99 any number.
   */
  private static final String TABLE =
      """
      Abs 6 1 1 1
      Add 7 2 2 1
      And 7 2 2 1
      Cast 6 1 1 1 to:int!
      Cast 19 1 1 1 to:int! saturate:int
      Concat 4 1 99 1 axis:int!
      Constant 1 0 0 1 value:tensor
      Constant 12 0 0 1 value:tensor value_float:float value_floats:floats value_int:int value_ints:ints
      ConstantOfShape 9 1 1 1 value:tensor
      Div 7 2 2 1
      Dropout 7 1 1 2 ratio:float
      Dropout 12 1 3 2 seed:int
      Elu 6 1 1 1 alpha:float
      Equal 7 2 2 1
      Exp 6 1 1 1
      Expand 8 2 2 1
      Flatten 1 1 1 1 axis:int
      GRU 7 3 6 2 activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text hidden_size:int linear_before_reset:int
      GRU 14 3 6 2 activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text hidden_size:int linear_before_reset:int layout:int
      Gather 1 2 2 1 axis:int
      Gemm 7 2 3 1 alpha:float beta:float transA:int transB:int
      Greater 7 2 2 1
      HardSigmoid 6 1 1 1 alpha:float beta:float
      Identity 1 1 1 1
      LSTM 7 3 8 3 activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text hidden_size:int input_forget:int
      LSTM 14 3 8 3 activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text hidden_size:int input_forget:int layout:int
      LeakyRelu 6 1 1 1 alpha:float
      Less 7 2 2 1
      Log 6 1 1 1
      LogSoftmax 1 1 1 1 axis:int
      MatMul 1 2 2 1
      Max 8 1 99 1
      Min 8 1 99 1
      Mul 7 2 2 1
      Neg 6 1 1 1
      Not 1 1 1 1
      Or 7 2 2 1
      Pow 7 2 2 1
      RNN 7 3 6 2 activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text hidden_size:int
      RNN 14 3 6 2 activation_alpha:floats activation_beta:floats activations:texts clip:float direction:text hidden_size:int layout:int
      Range 11 3 3 1
      Reciprocal 6 1 1 1
      ReduceMax 1 1 1 1 axes:ints keepdims:int
      ReduceMax 18 1 2 1 keepdims:int noop_with_empty_axes:int
      ReduceMean 1 1 1 1 axes:ints keepdims:int
      ReduceMean 18 1 2 1 keepdims:int noop_with_empty_axes:int
      ReduceMin 1 1 1 1 axes:ints keepdims:int
      ReduceMin 18 1 2 1 keepdims:int noop_with_empty_axes:int
      ReduceSum 1 1 1 1 axes:ints keepdims:int
      ReduceSum 13 1 2 1 keepdims:int noop_with_empty_axes:int
      Relu 6 1 1 1
      Reshape 5 2 2 1
      Reshape 14 2 2 1 allowzero:int
      Shape 1 1 1 1
      Shape 15 1 1 1 start:int end:int
      Sigmoid 6 1 1 1
      Slice 1 1 1 1 axes:ints starts:ints! ends:ints!
      Slice 10 3 5 1
      Softmax 1 1 1 1 axis:int
      Softplus 1 1 1 1
      Softsign 1 1 1 1
      Split 2 1 1 99 axis:int split:ints
      Split 13 1 2 99 axis:int
      Split 18 1 2 99 axis:int num_outputs:int
      Sqrt 6 1 1 1
      Squeeze 1 1 1 1 axes:ints
      Squeeze 13 1 2 1
      Sub 7 2 2 1
      Sum 8 1 99 1
      Tanh 6 1 1 1
      ThresholdedRelu 10 1 1 1 alpha:float
      Transpose 1 1 1 1 perm:ints
      Unsqueeze 1 1 1 1 axes:ints!
      Unsqueeze 13 2 2 1
      Where 9 3 3 1
      """;

  /** The operators by name and version. */
  private static final Map<String, TreeMap<Integer, Form>> FORMS = forms();

  private Operators() {}

  /**
   * What an operator takes.
   *
   * @param options the types of its options; behind one that must be given stands an !
   */
  record Form(int leastInputs, int mostInputs, int mostOutputs, Map<String, String> options) {}

  private static Map<String, TreeMap<Integer, Form>> forms() {
    Map<String, TreeMap<Integer, Form>> forms = new HashMap<>();
    for (String line : TABLE.split("\n")) {
      String[] words = line.split(" ");
      Map<String, String> options = new TreeMap<>();
      for (int i = 5; i < words.length; i++) {
        String[] option = words[i].split(":");
        options.put(option[0], option[1]);
      }
      int[] numbers = new int[5];
      for (int i = 1; i < numbers.length; i++) {
        numbers[i] = Integer.parseInt(words[i]);
      }
      forms
          .computeIfAbsent(words[0], name -> new TreeMap<>())
          .put(numbers[1], new Form(numbers[2], numbers[3], numbers[4], options));
    }
    return forms;
  }

  /** What an operator takes in a version; null if there is none that is run. */
  static Form form(String operator, int version) {
    TreeMap<Integer, Form> forms = FORMS.get(operator);
    Map.Entry<Integer, Form> form = forms == null ? null : forms.floorEntry(version);
    return form == null ? null : form.getValue();
  }

  /** The names of all operators. */
  static Set<String> names() {
    return FORMS.keySet();
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
      case "Add" -> Elementwise.binary(call, (a, b) -> a + b, (a, b) -> a + b);
      case "Sub" -> Elementwise.binary(call, (a, b) -> a - b, (a, b) -> a - b);
      case "Mul" -> Elementwise.binary(call, (a, b) -> a * b, (a, b) -> a * b);
      case "Div" -> Elementwise.divide(call);
      case "Pow" -> Elementwise.power(call);
      case "Sum" -> Elementwise.all(call, (a, b) -> a + b, (a, b) -> a + b);
      case "Max" -> Elementwise.all(call, Math::max, Math::max);
      case "Min" -> Elementwise.all(call, Math::min, Math::min);
      case "Equal" ->
          Elementwise.compared(call, (a, b) -> a == b ? 1 : 0, (a, b) -> a == b ? 1 : 0);
      case "Less" -> Elementwise.compared(call, (a, b) -> a < b ? 1 : 0, (a, b) -> a < b ? 1 : 0);
      case "Greater" ->
          Elementwise.compared(call, (a, b) -> a > b ? 1 : 0, (a, b) -> a > b ? 1 : 0);
      case "And" -> Elementwise.binary(call, null, (a, b) -> a != 0 && b != 0 ? 1 : 0);
      case "Or" -> Elementwise.binary(call, null, (a, b) -> a != 0 || b != 0 ? 1 : 0);
      case "Not" -> Elementwise.not(call);
      case "Where" -> Elementwise.where(call);
      case "Abs" -> Elementwise.unary(call, Math::abs, Math::abs);
      case "Neg" -> Elementwise.unary(call, x -> -x, x -> -x);
      case "Sqrt" -> Elementwise.unary(call, Math::sqrt, null);
      case "Reciprocal" -> Elementwise.unary(call, x -> 1 / x, null);
      case "Exp" -> Elementwise.exp(call);
      case "Log" -> Elementwise.log(call);
      case "Relu", "Sigmoid", "Tanh", "LeakyRelu", "ThresholdedRelu" ->
          Elementwise.activation(call);
      case "HardSigmoid", "Elu", "Softsign", "Softplus" -> Elementwise.activation(call);
      case "Cast" -> Elementwise.cast(call);
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
      case "MatMul" -> Products.matmul(call);
      case "Gemm" -> Products.gemm(call);
      case "ReduceSum" -> Products.reduce(call, 0, Double::sum, 0, Long::sum);
      case "ReduceMean" -> Products.mean(call);
      case "ReduceMax" ->
          Products.reduce(call, Double.NEGATIVE_INFINITY, Math::max, Long.MIN_VALUE, Math::max);
      case "ReduceMin" ->
          Products.reduce(call, Double.POSITIVE_INFINITY, Math::min, Long.MAX_VALUE, Math::min);
      case "Softmax" -> Products.softmax(call, false);
      case "LogSoftmax" -> Products.softmax(call, true);
      default -> throw NodeCall.misfit("there is no such operator");
    };
  }
}

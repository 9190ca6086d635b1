package io.github.unroll.exercises;

import java.util.ArrayList;
import java.util.List;

/** All orders in which gates may stand side by side. */
final class GateOrders {

  private GateOrders() {}

  /** Every other order of the letters. */
  static List<String> otherThan(String gates) {
    List<String> orders = new ArrayList<>();
    permute("", gates, orders);
    orders.remove(gates);
    return orders;
  }

  private static void permute(String begun, String rest, List<String> orders) {
    if (rest.isEmpty()) {
      orders.add(begun);
    }
    for (int i = 0; i < rest.length(); i++) {
      permute(begun + rest.charAt(i), rest.substring(0, i) + rest.substring(i + 1), orders);
    }
  }

  /** "f, g, i, o". */
  static String text(String gates) {
    return String.join(", ", gates.split(""));
  }
}

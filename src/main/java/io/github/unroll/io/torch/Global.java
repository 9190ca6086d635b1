package io.github.unroll.io.torch;

/**
 * A class or function that a pickle names; it is never looked up.
 *
 * @param name its full name, such as {@code collections.OrderedDict}
 */
record Global(String name) {}

/**
 * Small programs that show the library at work: they train, print a table and draw a picture, some
 * write a text; one goes on with what PyTorch trained, one serves many clients at once.
 *
 * <pre>{@code
 * mvn -q test-compile exec:exec@example -Dexample=AddingProblemExample -Dsettings="seed=1 steps=50"
 * }</pre>
 */
package io.github.unroll.examples;

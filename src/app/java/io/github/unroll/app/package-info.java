/**
 * The command-line program: commands, progress and charts. Only this package prints, and only it
 * needs the optional dependencies.
 */
package io.github.unroll.app;

/**
 * The program: command line, progress and charts. The only package that prints, and the only one
 * that needs the optional dependencies.
 */
package io.github.unroll.app;

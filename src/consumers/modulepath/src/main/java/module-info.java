/** Requires the library by its module's name. */
module org.example.modular {
  requires io.github.unroll;
}

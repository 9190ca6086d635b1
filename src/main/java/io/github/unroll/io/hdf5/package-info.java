/**
 * HDF5 files, read by the optional library jhdf, and what Keras keeps in them. Not exported by the
 * module.
 */
package io.github.unroll.io.hdf5;

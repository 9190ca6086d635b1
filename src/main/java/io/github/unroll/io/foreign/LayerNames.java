package io.github.unroll.io.foreign;

/**
 * The names and shapes that a library gives to the weights of its layers, after their prefix.
 *
 * @param embedding what it calls an embedding
 * @param affine what it calls an affine map
 * @param recurrent the names of a recurrent layer, as a regular expression
 * @param vectors the vectors of an embedding (V,D)
 * @param kernel the weights of an affine map
 * @param bias the bias of an affine map (K), which may be missing
 * @param outputsFirst whether the weights are (K,H), as word vectors are; otherwise (H,K)
 */
record LayerNames(
    String embedding,
    String affine,
    String recurrent,
    String vectors,
    String kernel,
    String bias,
    boolean outputsFirst) {}

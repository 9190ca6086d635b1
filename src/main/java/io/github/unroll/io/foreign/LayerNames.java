package io.github.unroll.io.foreign;

/**
 * How a library names and shapes the weights of an embedding and of an affine map.
 *
 * @param embedding what it calls an embedding
 * @param affine what it calls an affine map
 * @param vectors behind the prefix of an embedding, its vectors (V,D)
 * @param kernel behind the prefix of an affine map, its weights
 * @param bias behind the prefix of an affine map, its bias (K), which may be left out
 * @param outputsFirst whether the weights are (K,H), as word vectors are, or else (H,K)
 */
record LayerNames(
    String embedding,
    String affine,
    String vectors,
    String kernel,
    String bias,
    boolean outputsFirst) {}

package io.github.unroll.io.hdf5;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
import io.jhdf.Constants;
import io.jhdf.GlobalHeap;
import io.jhdf.GroupSymbolTableNode;
import io.jhdf.LocalHeap;
import io.jhdf.ObjectHeader;
import io.jhdf.Superblock;
import io.jhdf.SymbolTableEntry;
import io.jhdf.btree.BTreeV1;
import io.jhdf.dataset.chunked.Chunk;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OpaqueDataType;
import io.jhdf.object.datatype.OrderedDataType;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.VariableLength;
import io.jhdf.object.message.AttributeInfoMessage;
import io.jhdf.object.message.AttributeMessage;
import io.jhdf.object.message.DataLayoutMessage;
import io.jhdf.object.message.DataLayoutMessage.ChunkedDataLayoutMessage;
import io.jhdf.object.message.DataLayoutMessage.CompactDataLayoutMessage;
import io.jhdf.object.message.DataLayoutMessage.ContiguousDataLayoutMessage;
import io.jhdf.object.message.DataSpace;
import io.jhdf.object.message.DataSpaceMessage;
import io.jhdf.object.message.DataTypeMessage;
import io.jhdf.object.message.FilterPipelineMessage;
import io.jhdf.object.message.FilterPipelineMessage.FilterInfo;
import io.jhdf.object.message.LinkInfoMessage;
import io.jhdf.object.message.LinkMessage;
import io.jhdf.object.message.LinkMessage.LinkType;
import io.jhdf.object.message.SymbolTableMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The objects of an HDF5 file as jhdf reads them, each only when it is asked for; besides {@link
 * JhdfBytes} the only class that names jhdf. It takes jhdf's records rather than its datasets,
 * which allocate what a file claims, open the files that external links name, and read all of a
 * group's members. Any exception may come out of it.
 */
final class JhdfTree {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int MOST_LINKS = 8;
  private static final int INFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int CHECKSUM = 3;
  private static final long MOST_INFLATED = 1032; // bytes of one byte, by the format of deflate
  private static final String REWRITE =
      "; rewrite the file by h5repack, or save the model once more";

  private final JhdfBytes bytes;
  private final long root;
  private final Map<Long, Map<String, Link>> groups = new HashMap<>();
  private final Map<Long, GlobalHeap> heaps = new HashMap<>();

  /** What a name in a group stands for: an address, the path of another name, or neither. */
  private record Link(long address, String path) {}

  JhdfTree(byte[] file) throws IOException {
    int start = 0;
    while (!isSignature(file, start)) {
      start = start == 0 ? 512 : 2 * start;
      if (start < 0 || start > file.length - SIGNATURE.length) {
        throw new IOException("has no signature of HDF5");
      }
    }
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(start);
    Superblock superblock = Superblock.readSuperblock(buffer);
    if (superblock.getBaseAddressByte() != start) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "is said to begin at byte %d and begins at %d",
              superblock.getBaseAddressByte(),
              start));
    }
    bytes = new JhdfBytes(file, superblock);
    root =
        superblock instanceof Superblock.SuperblockV0V1 first
            ? new SymbolTableEntry(bytes, first.getRootGroupSymbolTableAddress() - start)
                .getObjectHeaderAddress()
            : ((Superblock.SuperblockV2V3) superblock).getRootGroupObjectHeaderAddress();
    ObjectHeader.readObjectHeader(bytes, root);
  }

  private static boolean isSignature(byte[] file, int at) {
    return at <= file.length - SIGNATURE.length
        && Arrays.equals(file, at, at + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  // ---- names ----

  boolean has(String path) throws IOException {
    return find(path, 0) >= 0;
  }

  List<String> names(String path) throws IOException {
    long group = find(path, 0);
    return group < 0 ? List.of() : List.copyOf(links(group).keySet());
  }

  private ObjectHeader header(String path) throws IOException {
    long address = find(path, 0);
    if (address < 0) {
      throw new IOException("is missing");
    }
    bytes.begin();
    return ObjectHeader.readObjectHeader(bytes, address);
  }

  /** The address of an object, -1 if there is none. */
  private long find(String path, int hops) throws IOException {
    if (hops > MOST_LINKS) {
      throw new IOException("is a link to a link, and so on");
    }
    long at = root;
    StringBuilder parent = new StringBuilder();
    for (String name : path.split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      Link link = at < 0 ? null : links(at).get(name);
      if (link == null) {
        return -1;
      }
      if (link.address < 0 && link.path.isEmpty()) {
        throw new IOException("is a link into another file, which is not opened");
      }
      if (link.address >= 0) {
        at = link.address;
      } else {
        at = find(link.path.startsWith("/") ? link.path : parent + link.path, hops + 1);
      }
      parent.append(name).append('/');
    }
    return at;
  }

  private Map<String, Link> links(long group) throws IOException {
    Map<String, Link> links = groups.get(group);
    if (links == null) {
      bytes.begin();
      ObjectHeader header = ObjectHeader.readObjectHeader(bytes, group);
      links =
          header.hasMessageOfType(SymbolTableMessage.class)
              ? oldLinks(header.getMessageOfType(SymbolTableMessage.class))
              : newLinks(header);
      groups.put(group, links);
    }
    return links;
  }

  private Map<String, Link> oldLinks(SymbolTableMessage table) {
    Map<String, Link> links = new LinkedHashMap<>();
    ByteBuffer names = new LocalHeap(bytes, table.getLocalHeapAddress()).getDataBuffer();
    for (long node :
        BTreeV1.createGroupBTree(bytes, table.getBTreeAddress()).getChildAddresses()) {
      bytes.begin();
      for (SymbolTableEntry entry :
          new GroupSymbolTableNode(bytes, node).getSymbolTableEntries()) {
        boolean soft = entry.getCacheType() == 2;
        links.put(
            text(names, entry.getLinkNameOffset()),
            soft
                ? new Link(-1, text(names, entry.getLinkValueOffset()))
                : new Link(entry.getObjectHeaderAddress(), ""));
      }
    }
    return links;
  }

  private static Map<String, Link> newLinks(ObjectHeader header) throws IOException {
    for (LinkInfoMessage info : header.getMessagesOfType(LinkInfoMessage.class)) {
      if (info.getFractalHeapAddress() != Constants.UNDEFINED_ADDRESS) {
        throw new IOException("is in a group whose names are in a heap, which is not read" + REWRITE);
      }
    }
    Map<String, Link> links = new LinkedHashMap<>();
    for (LinkMessage link : header.getMessagesOfType(LinkMessage.class)) {
      links.put(
          link.getLinkName(),
          link.getLinkType() == LinkType.HARD
              ? new Link(link.getHardLinkAddress(), "")
              : new Link(-1, link.getLinkType() == LinkType.SOFT ? link.getSoftLink() : ""));
    }
    return links;
  }

  /** The bytes from a place to the next NUL, or to the end. */
  private String text(ByteBuffer from, int at) {
    int end = at;
    while (end < from.limit() && from.get(end) != 0) {
      end++;
    }
    bytes.count(end - at);
    byte[] text = new byte[end - at];
    from.get(at, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  // ---- texts ----

  List<String> texts(String path, String name) throws IOException {
    if (!has(path)) {
      return List.of();
    }
    ObjectHeader header = header(path);
    for (AttributeMessage attribute : header.getMessagesOfType(AttributeMessage.class)) {
      if (attribute.getName().equals(name)) {
        return texts(attribute);
      }
    }
    for (AttributeInfoMessage info : header.getMessagesOfType(AttributeInfoMessage.class)) {
      if (info.getFractalHeapAddress() != Constants.UNDEFINED_ADDRESS) {
        throw new IOException("is in a heap, which is not read" + REWRITE);
      }
    }
    return List.of();
  }

  private List<String> texts(AttributeMessage attribute) throws IOException {
    List<String> texts = new ArrayList<>();
    ByteBuffer buffer = attribute.getDataBuffer();
    DataType type = attribute.getDataType();
    boolean variable = type instanceof VariableLength v && v.isVariableLengthString();
    if (buffer == null || !(variable || type instanceof StringData)) {
      return texts;
    }
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.remaining() >= type.getSize()) {
      ByteBuffer element = buffer.slice(buffer.position(), type.getSize()).order(buffer.order());
      buffer.position(buffer.position() + type.getSize());
      texts.add(variable ? variableText(element) : text(element, 0));
    }
    return texts;
  }

  /** A text in a heap: its length, the heap's address, its number there. */
  private String variableText(ByteBuffer element) throws IOException {
    int length = element.getInt();
    long heap = bytes.getSizeOfOffsets() == Long.BYTES ? element.getLong() : element.getInt();
    int number = element.getInt();
    if (length == 0 || number == 0) {
      return "";
    }
    if (!heaps.containsKey(heap)) {
      bytes.begin();
      heaps.put(heap, new GlobalHeap(bytes, heap));
    }
    ByteBuffer text = heaps.get(heap).getObjectData(number);
    bytes.take(length);
    return text(text.limit(length), 0);
  }

  // ---- arrays ----

  StoredArray array(String path) throws IOException, DataFormatException {
    ObjectHeader header = header(path);
    DataType type = header.getMessageOfType(DataTypeMessage.class).getDataType();
    DataSpace space = header.getMessageOfType(DataSpaceMessage.class).getDataSpace();
    long[] shape = space.getDimensionsAsLong();
    long size = Math.multiplyExact(space.getTotalLength(), (long) type.getSize());
    ElementType elements = elementType(type);
    if (elements == null) {
      String name = type.getClass().getSimpleName() + " of " + type.getSize() + " bytes";
      return StoredArray.unread(
          name, shape, "array '" + path + "' is of a type that is not read, " + name);
    }
    ByteOrder order =
        type instanceof OrderedDataType ordered ? ordered.getByteOrder() : ByteOrder.LITTLE_ENDIAN;
    DataLayoutMessage layout = header.getMessageOfType(DataLayoutMessage.class);
    ByteArrayInputStream data;
    if (size == 0) {
      data = new ByteArrayInputStream(new byte[0]);
    } else if (layout instanceof ContiguousDataLayoutMessage contiguous) {
      data = bytes.stream(contiguous.getAddress(), size);
    } else if (layout instanceof CompactDataLayoutMessage compact) {
      byte[] all = new byte[compact.getDataBuffer().remaining()];
      compact.getDataBuffer().get(all);
      data = new ByteArrayInputStream(all);
    } else if (layout instanceof ChunkedDataLayoutMessage chunked) {
      data = new ByteArrayInputStream(joined(header, chunked, shape, size));
    } else {
      throw new IOException("is stored in pieces as only HDF5 1.10 and later do" + REWRITE);
    }
    return StoredArray.read(data, elements, order, shape);
  }

  /** The type of the elements; null if it is not read. */
  private static ElementType elementType(DataType type) {
    if (type instanceof FixedPoint integer && List.of(1, 2, 4, 8).contains(type.getSize())) {
      return ElementType.valueOf((integer.isSigned() ? "INT" : "UINT") + 8 * type.getSize());
    }
    int exponent = type instanceof FloatingPoint floating ? floating.getExponentSize() : 0;
    if (type.getSize() == 2 && (exponent == 8 || type instanceof OpaqueDataType)) {
      return ElementType.BFLOAT16; // h5py knows it as two bytes
    }
    return switch (100 * type.getSize() + exponent) {
      case 811 -> ElementType.FLOAT64;
      case 408 -> ElementType.FLOAT32;
      case 205 -> ElementType.FLOAT16;
      default -> null;
    };
  }

  /** The bytes of an array that is stored in pieces, perhaps compressed. */
  private byte[] joined(
      ObjectHeader header, ChunkedDataLayoutMessage layout, long[] shape, long size)
      throws IOException, DataFormatException {
    List<FilterInfo> filters = new ArrayList<>();
    header
        .getMessagesOfType(FilterPipelineMessage.class)
        .forEach(message -> filters.addAll(message.getFilters()));
    int[] piece = layout.getChunkDimensions();
    int width = Math.toIntExact(size / Math.max(1, product(shape)));
    long pieceSize = width;
    long pieces = 1;
    if (piece.length != shape.length) {
      throw new IOException("has pieces of another number of axes");
    }
    for (int axis = 0; axis < shape.length; axis++) {
      pieceSize = Math.multiplyExact(pieceSize, (long) piece[axis]);
      pieces = Math.multiplyExact(pieces, (shape[axis] + piece[axis] - 1) / piece[axis]);
    }
    bytes.begin();
    List<Chunk> chunks =
        layout.getBTreeAddress() == Constants.UNDEFINED_ADDRESS
            ? List.of()
            : BTreeV1.createDataBTree(bytes, layout.getBTreeAddress(), shape.length).getChunks();
    long stored = 0;
    Set<List<Long>> places = new HashSet<>();
    for (Chunk chunk : chunks) {
      stored += chunk.getSize();
      if (fits(chunk.getChunkOffset(), piece, shape)) {
        places.add(Arrays.stream(chunk.getChunkOffset()).boxed().toList());
      }
    }
    if (places.size() != pieces || chunks.size() != pieces) {
      throw new IOException(
          String.format(
              Locale.ROOT, "has %d of the %d pieces that make it up", places.size(), pieces));
    }
    bytes.take(stored);
    if (Math.max(size, pieceSize) > stored * (filters.isEmpty() ? 1 : MOST_INFLATED)) {
      throw new IOException(
          String.format(Locale.ROOT, "is said to have %d bytes, of %d stored", size, stored));
    }
    byte[] all = new byte[Math.toIntExact(size)];
    for (Chunk chunk : chunks) {
      byte[] values =
          unfiltered(bytes.copy(chunk.getAddress(), chunk.getSize()), chunk, filters, pieceSize);
      if (values.length != pieceSize) {
        throw new IOException(
            String.format(
                Locale.ROOT, "has a piece of %d bytes, not %d", values.length, pieceSize));
      }
      put(values, piece, chunk.getChunkOffset(), all, shape, width);
    }
    return all;
  }

  private static boolean fits(long[] offset, int[] piece, long[] shape) {
    boolean fits = true;
    for (int axis = 0; axis < shape.length; axis++) {
      fits &= offset[axis] >= 0 && offset[axis] < shape[axis] && offset[axis] % piece[axis] == 0;
    }
    return fits;
  }

  private static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Undoes the filters of a piece, the last first, but those that its mask leaves out. */
  private static byte[] unfiltered(
      byte[] piece, Chunk chunk, List<FilterInfo> filters, long pieceSize)
      throws IOException, DataFormatException {
    byte[] values = piece;
    for (int i = filters.size() - 1; i >= 0; i--) {
      if (chunk.getFilterMask().get(i)) {
        continue;
      }
      FilterInfo filter = filters.get(i);
      values =
          switch (filter.getId()) {
            case INFLATE -> inflated(values, Math.toIntExact(pieceSize + Integer.BYTES));
            case SHUFFLE -> unshuffled(values, filter.getData()[0]);
            case CHECKSUM -> Arrays.copyOf(values, values.length - Integer.BYTES);
            default ->
                throw new IOException(
                    String.format(
                        Locale.ROOT,
                        "is compressed by %s (filter %d); gzip and shuffle are read%s",
                        filter.getName(),
                        filter.getId(),
                        REWRITE));
          };
    }
    return values;
  }

  private static byte[] inflated(byte[] deflated, int most) throws DataFormatException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(deflated);
      byte[] values = new byte[most];
      int size = inflater.inflate(values);
      return Arrays.copyOf(values, size);
    } finally {
      inflater.end();
    }
  }

  /** All first bytes of the elements come first, then all second bytes, and so on. */
  private static byte[] unshuffled(byte[] shuffled, int width) {
    byte[] values = shuffled.clone();
    int elements = shuffled.length / width;
    for (int i = 0; i < elements * width; i++) {
      values[i % elements * width + i / elements] = shuffled[i];
    }
    return values;
  }

  /** Puts a piece into its place, row by row; what stands out of the array is left out. */
  private static void put(
      byte[] values, int[] piece, long[] offset, byte[] all, long[] shape, int width) {
    int last = shape.length - 1;
    int row = piece[last] * width;
    int length = Math.toIntExact(Math.min(piece[last], shape[last] - offset[last]) * width);
    for (int from = 0; from < values.length; from += row) {
      long to = 0;
      boolean inside = true;
      int rest = from / row;
      long[] place = offset.clone();
      for (int axis = last - 1; axis >= 0; axis--) {
        place[axis] += rest % piece[axis];
        rest /= piece[axis];
        inside &= place[axis] < shape[axis];
      }
      for (int axis = 0; axis <= last; axis++) {
        to = to * shape[axis] + place[axis];
      }
      if (inside) {
        System.arraycopy(values, from, all, Math.toIntExact(to * width), length);
      }
    }
  }
}

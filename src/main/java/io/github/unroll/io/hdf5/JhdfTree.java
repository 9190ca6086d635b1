package io.github.unroll.io.hdf5;

import io.github.unroll.io.ElementType;
import io.github.unroll.io.StoredArray;
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
import io.jhdf.object.message.Message;
import io.jhdf.object.message.SymbolTableMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.zip.InflaterInputStream;

/**
 * The objects of an HDF5 file as jhdf reads them, each only when it is asked for; besides {@link
 * JhdfBytes} the only class that names jhdf. It takes jhdf's records rather than its datasets,
 * which allocate what a file claims, open the files that external links name, and read all of a
 * group's members. Any exception may come out of it.
 */
final class JhdfTree {

  private static final long SIGNATURE = 0x894844460d0a1a0aL;
  private static final int MOST_LINKS = 8;
  private static final int INFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int CHECKSUM = 3;
  private static final int MOST_INFLATED = 1032; // bytes of one byte, by the format of deflate
  private static final int OPAQUE = 5;
  private static final int SIGNED = 90; // no number has so many bits of exponent
  private static final int UNSIGNED = 91;
  private static final String FORM =
      "is stored in a form that is not read, %s; save the model again, or rewrite the file by"
          + " h5repack";

  private final JhdfBytes bytes;
  private final long root;
  private final Map<Long, Map<String, Object>> groups = new HashMap<>();
  private final Map<Long, GlobalHeap> heaps = new HashMap<>();
  private String asked = "";

  /** Opens a file of these bytes, which are not copied. */
  JhdfTree(byte[] file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    int start = 0;
    while (start > file.length - Long.BYTES || buffer.getLong(start) != SIGNATURE) {
      if (start > file.length / 2 || start < 0) {
        throw new IOException("has no signature of HDF5");
      }
      start = Math.max(512, 2 * start);
    }
    buffer.order(ByteOrder.LITTLE_ENDIAN).position(start);
    Superblock superblock = Superblock.readSuperblock(buffer);
    bytes = new JhdfBytes(file, start, superblock);
    root =
        superblock instanceof Superblock.SuperblockV0V1 first
            ? new SymbolTableEntry(bytes, first.getRootGroupSymbolTableAddress() - start)
                .getObjectHeaderAddress()
            : ((Superblock.SuperblockV2V3) superblock).getRootGroupObjectHeaderAddress();
    names("");
  }

  /** {@return what was asked for last, for messages} */
  @Override
  public String toString() {
    return asked.isEmpty() ? "" : "'" + asked + "' ";
  }

  private static IOException wrong(String message, Object... values) {
    return new IOException(String.format(Locale.ROOT, message, values));
  }

  // ---- names ----

  /** The names in a group; none if there is no such group. */
  Set<String> names(String path) throws IOException {
    asked = path;
    long group = find(path, 0);
    return group < 0 ? Set.of() : links(group).keySet();
  }

  private ObjectHeader header(long address) {
    bytes.begin();
    return ObjectHeader.readObjectHeader(bytes, address);
  }

  /** The address of an object, -1 if there is none. */
  private long find(String path, int hops) throws IOException {
    if (hops > MOST_LINKS) {
      throw wrong("is a link to a link, and so on");
    }
    bytes.count(path.length()); // a path of links to paths of links takes any time
    long at = root;
    String parent = "";
    for (String name : path.split("/")) {
      if (at >= 0 && !name.isEmpty()) {
        Object link = links(at).getOrDefault(name, -1L);
        if (link.equals("")) {
          throw wrong("is a link into another file, which is not opened");
        }
        at =
            link instanceof String soft
                ? find(soft.startsWith("/") ? soft : parent + soft, hops + 1)
                : (Long) link;
        parent += name + "/";
      }
    }
    return at;
  }

  /** By the names in a group their addresses, or the paths of soft links; "" of external links. */
  private Map<String, Object> links(long group) throws IOException {
    Map<String, Object> links = groups.get(group);
    if (links == null) {
      links = new LinkedHashMap<>();
      groups.put(group, links);
      ObjectHeader header = header(group);
      for (Message message : header.getMessages()) {
        if (message instanceof SymbolTableMessage table) {
          putAll(table, links);
        } else if (message instanceof LinkMessage link) {
          LinkType type = link.getLinkType();
          links.put(
              link.getLinkName(),
              type == LinkType.HARD
                  ? (Object) link.getHardLinkAddress()
                  : type == LinkType.SOFT ? link.getSoftLink() : "");
        } else if (message instanceof LinkInfoMessage info && info.getFractalHeapAddress() >= 0) {
          throw wrong(FORM, "a heap of names");
        }
      }
    }
    return links;
  }

  private void putAll(SymbolTableMessage table, Map<String, Object> links) {
    ByteBuffer names = new LocalHeap(bytes, table.getLocalHeapAddress()).getDataBuffer();
    for (long node : BTreeV1.createGroupBTree(bytes, table.getBTreeAddress()).getChildAddresses()) {
      bytes.begin();
      for (SymbolTableEntry entry : new GroupSymbolTableNode(bytes, node).getSymbolTableEntries()) {
        links.put(
            text(names, entry.getLinkNameOffset()),
            entry.getCacheType() == 2
                ? text(names, entry.getLinkValueOffset())
                : (Object) entry.getObjectHeaderAddress());
      }
    }
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

  /** The texts of an attribute; none if there is no such attribute, or no text in it. */
  List<String> texts(String path, String name) throws IOException {
    asked = path;
    List<String> texts = new ArrayList<>();
    long address = find(path, 0);
    if (address < 0) {
      return texts;
    }
    for (Message message : header(address).getMessages()) {
      if (message instanceof AttributeMessage attribute && attribute.getName().equals(name)) {
        addTexts(attribute.getDataType(), attribute.getDataBuffer(), texts);
      } else if (message instanceof AttributeInfoMessage info
          && info.getFractalHeapAddress() >= 0) {
        throw wrong(FORM, "a heap of attributes");
      }
    }
    return texts;
  }

  private void addTexts(DataType type, ByteBuffer buffer, List<String> texts) throws IOException {
    boolean variable = type instanceof VariableLength v && v.isVariableLengthString();
    int size = type.getSize();
    if (buffer == null || !(variable || type instanceof StringData)) {
      return;
    }
    for (int at = 0; at <= buffer.limit() - size; at += size) {
      ByteBuffer element = buffer.slice(at, size).order(ByteOrder.LITTLE_ENDIAN);
      texts.add(variable ? variableText(element) : text(element, 0));
    }
  }

  /** A text in a heap: its length, the heap's address, its number there. */
  private String variableText(ByteBuffer element) throws IOException {
    int length = element.getInt();
    long heap = bytes.getSizeOfOffsets() == Long.BYTES ? element.getLong() : element.getInt();
    if (length == 0) {
      return "";
    }
    if (!heaps.containsKey(heap)) {
      bytes.begin();
      heaps.put(heap, new GlobalHeap(bytes, heap));
    }
    bytes.take(length);
    return text(heaps.get(heap).getObjectData(element.getInt()).limit(length), 0);
  }

  // ---- arrays ----

  /** The array at a path. */
  StoredArray array(String path) throws IOException {
    asked = path;
    long address = find(path, 0);
    if (address < 0) {
      throw wrong("is missing");
    }
    ObjectHeader header = header(address);
    DataType type = header.getMessageOfType(DataTypeMessage.class).getDataType();
    DataSpace space = header.getMessageOfType(DataSpaceMessage.class).getDataSpace();
    long[] shape = space.getDimensionsAsLong();
    long size = Math.multiplyExact(space.getTotalLength(), (long) type.getSize());
    ElementType elements = elementType(type);
    if (elements == null) {
      String name = type.getClass().getSimpleName() + " of " + type.getSize() + " bytes";
      return StoredArray.unread(
          name, shape, "array " + this + "is of a type that is not read: " + name);
    }
    DataLayoutMessage layout = header.getMessageOfType(DataLayoutMessage.class);
    InputStream data;
    if (size == 0 || layout instanceof ContiguousDataLayoutMessage) {
      data =
          size == 0
              ? InputStream.nullInputStream()
              : bytes.stream(((ContiguousDataLayoutMessage) layout).getAddress(), size);
    } else if (layout instanceof CompactDataLayoutMessage compact) {
      byte[] all = new byte[compact.getDataBuffer().remaining()];
      compact.getDataBuffer().get(all);
      data = new ByteArrayInputStream(all);
    } else if (layout instanceof ChunkedDataLayoutMessage chunked) {
      data = new ByteArrayInputStream(joined(header, chunked, shape, type.getSize()));
    } else {
      throw wrong(FORM, "pieces of HDF5 1.10 or later");
    }
    ByteOrder order =
        type instanceof OrderedDataType ordered ? ordered.getByteOrder() : ByteOrder.LITTLE_ENDIAN;
    return StoredArray.read(data, elements, order, shape);
  }

  /** The type of the elements; null if it is not read. */
  private static ElementType elementType(DataType type) {
    int kind = type.getDataClass() == OPAQUE ? 0 : -1;
    if (type instanceof FloatingPoint floating) {
      kind = floating.getExponentSize();
    } else if (type instanceof FixedPoint integer) {
      kind = integer.isSigned() ? SIGNED : UNSIGNED;
    }
    return switch (100 * type.getSize() + kind) {
      case 811 -> ElementType.FLOAT64;
      case 408 -> ElementType.FLOAT32;
      case 205 -> ElementType.FLOAT16;
      case 208, 200 -> ElementType.BFLOAT16; // h5py knows it as two bytes
      case 800 + SIGNED -> ElementType.INT64;
      case 400 + SIGNED -> ElementType.INT32;
      case 400 + UNSIGNED -> ElementType.UINT32;
      case 100 + UNSIGNED -> ElementType.UINT8;
      default -> null;
    };
  }

  /** The bytes of an array that is stored in pieces, perhaps compressed. */
  private byte[] joined(
      ObjectHeader header, ChunkedDataLayoutMessage layout, long[] shape, int width)
      throws IOException {
    int[] piece = layout.getChunkDimensions();
    long size = width;
    long pieceSize = width;
    long missing = piece.length == shape.length ? 1 : -1;
    for (int axis = 0; axis < shape.length; axis++) {
      size *= shape[axis];
      pieceSize = Math.multiplyExact(pieceSize, (long) piece[axis]);
      missing = Math.multiplyExact(missing, (shape[axis] - 1) / piece[axis] + 1);
    }
    long tree = layout.getBTreeAddress();
    List<Chunk> chunks =
        tree < 0 ? List.of() : BTreeV1.createDataBTree(bytes, tree, shape.length).getChunks();
    long stored = 0;
    Set<String> places = new HashSet<>();
    for (Chunk chunk : chunks) {
      long[] place = chunk.getChunkOffset();
      stored += chunk.getSize();
      missing -= fits(place, piece, shape) && places.add(Arrays.toString(place)) ? 1 : 0;
    }
    bytes.take(stored);
    if (missing != 0 || Math.max(size, pieceSize) > stored * MOST_INFLATED) {
      throw wrong(
          "is said to have %d bytes, of %d stored in %d pieces", size, stored, chunks.size());
    }
    byte[] all = new byte[Math.toIntExact(size)];
    for (Chunk chunk : chunks) {
      byte[] values = unfiltered(header, chunk, Math.toIntExact(pieceSize));
      put(values, piece, chunk.getChunkOffset(), all, shape, width);
    }
    return all;
  }

  private static boolean fits(long[] place, int[] piece, long[] shape) {
    boolean fits = true;
    for (int axis = 0; axis < shape.length; axis++) {
      fits &= place[axis] >= 0 && place[axis] < shape[axis] && place[axis] % piece[axis] == 0;
    }
    return fits;
  }

  /** Undoes the filters of a piece, the last first, but those that its mask leaves out. */
  private byte[] unfiltered(ObjectHeader header, Chunk chunk, int size) throws IOException {
    byte[] values = bytes.stream(chunk.getAddress(), chunk.getSize()).readAllBytes();
    for (FilterPipelineMessage message : header.getMessagesOfType(FilterPipelineMessage.class)) {
      List<FilterInfo> filters = message.getFilters();
      for (int i = filters.size() - 1; i >= 0; i--) {
        FilterInfo filter = filters.get(i);
        if (!chunk.getFilterMask().get(i)) {
          values =
              switch (filter.getId()) {
                case INFLATE -> inflated(values, size + Integer.BYTES);
                case SHUFFLE -> unshuffled(values, filter.getData()[0]);
                case CHECKSUM -> Arrays.copyOf(values, values.length - Integer.BYTES);
                default -> throw wrong(FORM, "compressed by " + filter.getName());
              };
        }
      }
    }
    if (values.length != size) {
      throw wrong("has a piece of %d bytes, not %d", values.length, size);
    }
    return values;
  }

  private static byte[] inflated(byte[] deflated, int most) throws IOException {
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
      return in.readNBytes(most);
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
    int length = (int) Math.min(piece[last], shape[last] - offset[last]) * width;
    for (int from = 0; from < values.length; from += row) {
      long to = offset[last];
      long step = shape[last];
      boolean inside = true;
      int rest = from / row;
      for (int axis = last - 1; axis >= 0; axis--) {
        long place = offset[axis] + rest % piece[axis];
        inside &= place < shape[axis];
        rest /= piece[axis];
        to += place * step;
        step *= shape[axis];
      }
      if (inside) {
        System.arraycopy(values, from, all, (int) to * width, length);
      }
    }
  }
}

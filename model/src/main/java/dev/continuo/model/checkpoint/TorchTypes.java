// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.checkpoint.Pickled.Global;
import dev.continuo.model.checkpoint.Pickled.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Globals of what {@code torch.save} writes: tensors and their storages (torch/_utils.py), plain
 * data, and the data classes that trainers save beside them, which stay inert. <i>Immutable.</i>
 */
final class TorchTypes implements PickleTypes {
  private static final Map<String, DType> STORAGES =
      Map.of(
          "DoubleStorage", DType.F64,
          "FloatStorage", DType.F32,
          "HalfStorage", DType.F16,
          "BFloat16Storage", DType.BF16,
          "LongStorage", DType.I64,
          "IntStorage", DType.I32,
          "ShortStorage", DType.I16,
          "CharStorage", DType.I8,
          "ByteStorage", DType.U8,
          "BoolStorage", DType.BOOL);

  private static final Map<String, PickleType> TYPES =
      Map.of(
          "torch._utils._rebuild_tensor", TorchTypes::tensor,
          "torch._utils._rebuild_tensor_v2", TorchTypes::tensor,
          "torch._utils._rebuild_parameter", TorchTypes::parameter,
          "torch._utils._rebuild_parameter_with_state", TorchTypes::parameter,
          "torch.Size", TorchTypes::size);

  /**
   * Names of data classes whose instances are kept inert: what fairseq, omegaconf and argparse put
   * into checkpoints, torch's own types and numpy's scalars.
   */
  private static final Predicate<String> INERT =
      Pattern.compile(
              "torch\\.(?:device|(?:b?float|int|uint)[0-9]+|float|double|half|long|int|short|bool)"
                  + "|argparse\\.Namespace"
                  + "|types\\.SimpleNamespace"
                  + "|omegaconf\\.dictconfig\\.DictConfig"
                  + "|omegaconf\\.listconfig\\.ListConfig"
                  + "|omegaconf\\.base\\.(?:Container)?Metadata"
                  + "|omegaconf\\.nodes\\.[A-Z][A-Za-z]*Node"
                  + "|typing\\.(?:Any|Optional|Union|List|Dict|Tuple)"
                  + "|fairseq\\.data\\.dictionary\\.Dictionary"
                  + "|fairseq\\.(?:logging\\.)?meters\\.[A-Z][A-Za-z]*Meter"
                  + "|fairseq\\.dataclass\\.(?:configs|constants)\\.[A-Za-z_]+"
                  + "|fairseq\\.(?:models|tasks|criterions|optim)(?:\\.[a-z0-9_]+)+"
                  + "\\.[A-Z][A-Za-z0-9]*(?:Config|Params)"
                  + "|numpy\\.(?:dtype|_?core\\.multiarray\\.scalar)")
          .asMatchPredicate();

  private final PlainTypes plain = new PlainTypes();

  /** A memory that tensors lie in. */
  record Storage(DType dtype, String key, long elements) {}

  /** A view of a storage; nothing of it is checked yet. */
  @SuppressWarnings("ArrayRecordComponent")
  record View(Storage storage, long offset, long[] shape, long[] strides) {}

  /** The type of a storage's elements; it is never called. */
  private record StorageType(DType dtype) implements PickleType {
    @Override
    public Object create(Global self, List<Object> arguments, PickleInput in) {
      throw in.fault("a storage that is made inside the pickle", "one outside");
    }
  }

  @Override
  public @Nullable PickleType find(String module, String name) {
    boolean torch = module.equals("torch") || module.equals("torch.cuda");
    DType dtype = torch ? STORAGES.get(name) : null;
    if (dtype != null) {
      return new StorageType(dtype);
    }
    String full = module + "." + name;
    PickleType type = TYPES.get(full);
    return type != null ? type : INERT.test(full) ? PlainTypes.INERT : plain.find(module, name);
  }

  /** A storage: ("storage", type, key, location, elements), before torch 0.4 with a view of it. */
  @Override
  public Object persistent(Object id, PickleInput in) {
    List<Object> parts = id instanceof Tuple tuple ? tuple.items : List.of();
    boolean known = parts.size() >= 5 && "storage".equals(parts.get(0));
    if (!known
        || !(parts.get(1) instanceof Global global)
        || !(global.type() instanceof StorageType type)
        || !(parts.get(2) instanceof String key)
        || !(parts.get(4) instanceof Long elements)
        || parts.size() > 6) {
      throw in.fault("a persistent id of an unknown kind", "a tensor's storage");
    }
    if (parts.size() == 6 && parts.get(5) != Pickled.None.NONE) {
      throw in.fault("a view of a storage", "a storage");
    }
    if (elements < 0 || elements > Long.MAX_VALUE / type.dtype.bytes()) {
      throw in.fault("a storage of " + elements + " elements", "0 or more, below 2^63 bytes");
    }
    return new Storage(type.dtype, key, elements);
  }

  private static Object tensor(Global self, List<Object> arguments, PickleInput in) {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)) {
      throw in.fault("arguments of " + self.name(), "a storage, an offset, a size and strides");
    }
    long[] shape = integers(self, arguments.get(2), in);
    long[] strides = integers(self, arguments.get(3), in);
    return new View(storage, offset, shape, strides);
  }

  private static long[] integers(Global self, Object value, PickleInput in) {
    List<Object> items = PlainTypes.items(value);
    if (items == null
        || items.size() > SafetensorsHeader.MAX_RANK
        || !items.stream().allMatch(Long.class::isInstance)) {
      String most = "up to " + SafetensorsHeader.MAX_RANK + " integers";
      throw in.fault("a size or strides of " + self.name(), most);
    }
    return items.stream().mapToLong(Long.class::cast).toArray();
  }

  private static Object parameter(Global self, List<Object> arguments, PickleInput in) {
    if (arguments.isEmpty() || !(arguments.get(0) instanceof View view)) {
      throw in.fault("arguments of " + self.name(), "a tensor");
    }
    return view;
  }

  private static Object size(Global self, List<Object> arguments, PickleInput in) {
    long[] sizes =
        integers(self, new Tuple(arguments.size() == 1 ? flat(arguments) : arguments), in);
    return new Tuple(Arrays.stream(sizes).<Object>mapToObj(Long::valueOf).toList());
  }

  private static List<Object> flat(List<Object> arguments) {
    List<Object> items = PlainTypes.items(arguments.get(0));
    return items == null ? arguments : items;
  }
}

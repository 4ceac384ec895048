// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.TorchFiles.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnpicklerTest {

  private static Object load(String pickle, PickleTypes types) {
    return Unpickler.load(new PickleInput("f", ByteBuffer.wrap(bytes(pickle))), types);
  }

  private static Object load(String pickle) {
    return load(pickle, new TorchTypes());
  }

  static Stream<Arguments> globals() {
    return Stream.of(
        Arguments.of("f at byte 0: names os.system,", "cos\nsystem\n(S'id'\ntR."),
        Arguments.of("f at byte 0: names posix.system,", "cposix\nsystem\n."),
        Arguments.of("f at byte 3: names os.system,", "\u0080\2}cos\nsystem\n."),
        Arguments.of("f at byte 14: names os.system,", "\u0080\4\u008c\2os\u008c\6system\u0093."),
        Arguments.of(
            "f at byte 22: names os.system,",
            "\u0080\4\u008c\2os\u0094\u008c\6system\u00940" + "0h\0h\1\u0093."),
        Arguments.of("f at byte 6: names os.system,", "(S'a'\nios\nsystem\n."),
        Arguments.of("f at byte 1: names os.system,", "(cos\nsystem\nS'a'\no."),
        Arguments.of("f at byte 0: names subprocess.Popen,", "csubprocess\nPopen\n)\u0081."),
        Arguments.of("f at byte 0: names subprocess.Popen,", "csubprocess\nPopen\n)}\u0092."),
        Arguments.of("names builtins.eval,", "cbuiltins\neval\n(S'1'\ntR."),
        Arguments.of("names __builtin__.eval,", "c__builtin__\neval\n(S'1'\ntR."),
        Arguments.of("names builtins.getattr,", "cbuiltins\ngetattr\n."),
        Arguments.of("names __builtin__.file,", "c__builtin__\nfile\n."),
        Arguments.of("names torch.load,", "ctorch\nload\n."),
        Arguments.of(
            "names torch.storage._load_from_bytes,", "ctorch.storage\n_load_from_bytes\n."),
        Arguments.of("names torch._utils._import_dotted", "ctorch._utils\n_import_dotted_name\n."),
        Arguments.of(
            "names torch._tensor._rebuild_from_type_v2",
            "ctorch._tensor\n_rebuild_from_type_v2\n."),
        Arguments.of("names numpy.load,", "cnumpy\nload\n."),
        Arguments.of(
            "names collections.OrderedDict.fromkeys,", "ccollections\nOrderedDict.fromkeys\n."),
        Arguments.of("names copyreg.__newobj__,", "ccopyreg\n__newobj__\n."),
        Arguments.of("names functools.partial,", "cfunctools\npartial\n."),
        Arguments.of("names fairseq.models.load,", "cfairseq.models\nload\n."),
        Arguments.of("names os\\u000a.system", "\u0080\4\u008c\3os\n\u008c\6system\u0093."),
        Arguments.of("f at byte 2: names os.system,", "(dcos\nsystem\n)R."),
        Arguments.of(
            "names os.system,",
            TorchFiles.dict("a", TorchFiles.dict("b", "(lcos\nsystem\n(S'id'\ntRa")) + "."));
  }

  @ParameterizedTest
  @MethodSource("globals")
  void refusesEveryOtherGlobalByName(String expected, String pickle) {
    for (PickleTypes types : List.of(new TorchTypes(), new NumpyTypes(), new PlainTypes())) {
      assertThatThrownBy(() -> load(pickle, types))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(expected)
          .hasMessageEndingWith("(expected: only the types of tensors and plain data)");
    }
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        Arguments.of("extension code", "\u0080\2\u0082\1."),
        Arguments.of("extension code", "\u0083\1\1."),
        Arguments.of("extension code", "\u0084\1\1\1\1."),
        Arguments.of("buffer outside the pickle", "\u0097."),
        Arguments.of("buffer outside the pickle", "N\u0098."),
        Arguments.of("persistent id of text", "Pos.system\n."),
        Arguments.of("persistent id of an unknown kind", "S'x'\nQ."),
        Arguments.of("persistent id of an unknown kind", "(S'module'\nS'a'\nS'b'\nS'c'\nI1\ntQ."),
        Arguments.of(
            "persistent id of an unknown kind",
            "(S'storage'\nS'FloatStorage'\nS'0'\nS'cpu'\nI1\ntQ."),
        Arguments.of(
            "a storage of -1 elements", "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'c'\nI-1\ntQ."),
        Arguments.of(
            "a storage of 4611686018427387904",
            "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'c'\nI4611686018427387904\ntQ."),
        Arguments.of(
            "persistent id of an unknown kind",
            "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'c'\nI46116860184273879040\ntQ."),
        Arguments.of(
            "a view of a storage", "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'c'\nI1\n(I1\nttQ."),
        Arguments.of("a storage that is made inside", "ctorch\nFloatStorage\n(I3\ntR."),
        Arguments.of("a call of what is no class", "S'os.system'\n)R."),
        Arguments.of("a call of what is no class", "ccollections\nOrderedDict\n)R)R."),
        Arguments.of("arguments that are no tuple", "ccollections\nOrderedDict\n]R."),
        Arguments.of("arguments that are no tuple", "ccollections\nOrderedDict\nNR."),
        Arguments.of("keyword arguments", "ccollections\nOrderedDict\n)N\u0092."),
        Arguments.of("keyword arguments", "ccollections\nOrderedDict\n)(I1\nI2\nd\u0092."),
        Arguments.of("an object without a class", "(o."),
        Arguments.of("a global whose name is no text", "I1\nS'a'\n\u0093."),
        Arguments.of("a state for what takes none", "](db."),
        Arguments.of("a state for what takes none", "I1\n(db."),
        Arguments.of("a second state of argparse.Namespace", "cargparse\nNamespace\n)R(db(db."),
        Arguments.of(
            "arguments of torch._utils._rebuild_tensor_v2",
            "ctorch._utils\n_rebuild_tensor_v2\n)R."),
        Arguments.of(
            "arguments of torch._utils._rebuild_parameter",
            "ctorch._utils\n_rebuild_parameter\n(I1\ntR."),
        Arguments.of(
            "arguments of copy_reg._reconstructor", "ccopy_reg\n_reconstructor\n(S'os'\ntR."),
        Arguments.of("arguments of _codecs.encode", "c_codecs\nencode\n(S'a'\nS'rot13'\ntR."),
        Arguments.of("that is no pair", "ccollections\nOrderedDict\n((lI1\natR."),
        Arguments.of("an item of what is no list", "(dI1\na."),
        Arguments.of("an entry of what is no dictionary", "(lI1\nI1\ns."),
        Arguments.of("a key without a value", "(d(I1\nu."),
        Arguments.of("a second entry of key \"a\"", "(dS'a'\nI1\nsS'a'\nI2\ns."),
        Arguments.of("memo 3 is empty", "g3\n."),
        Arguments.of("memo -1", "Np-1\n."),
        Arguments.of("memo 99999999999", "Np99999999999\n."),
        Arguments.of("no mark", "t."),
        Arguments.of("an empty stack", "0."),
        Arguments.of("an empty stack", "(\u0085."),
        Arguments.of("an empty stack", "N(\u0085."),
        Arguments.of("ends with 0 values", "."),
        Arguments.of("ends with 2 values", "NN."),
        Arguments.of("ends with 1 values", "N(."),
        Arguments.of("opcode 0xff", "\u00ff"),
        Arguments.of("opcode 0x00", "\0"),
        Arguments.of("pickle protocol 6", "\u0080\6N."),
        Arguments.of("is the file cut?", "N"),
        Arguments.of("is the file cut?", ""),
        Arguments.of("is the file cut?", "X\u00ff\u00ff\0\0abc."),
        Arguments.of("is the file cut?", "S'abc'"),
        Arguments.of("is the file cut?", "\u0095\u00ff\0\0\0\0\0\0\0N."),
        Arguments.of("length 4294967295 (expected: below 2^31)", "X\u00ff\u00ff\u00ff\u00ffabc."),
        Arguments.of(
            "length 18446744073709551615",
            "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc."),
        Arguments.of("an integer of 16777216 bytes", "\u008b\0\0\0\1abc."),
        Arguments.of("text that is not UTF-8", "U\1a0X\1\0\0\0\u00ff."),
        Arguments.of("the number \"x\"", "Ix\n."),
        Arguments.of("the number \"\"", "L\n."),
        Arguments.of("the number \"1e\"", "F1e\n."),
        Arguments.of("the string \"abc\"", "Sabc\n."),
        Arguments.of("the string \"'\"", "S'\n."),
        Arguments.of("the escape \\uzz", "V\\uzz\n."),
        Arguments.of("the escape \\U", "V\\UFFFFFFFF\n."),
        Arguments.of("a line of more than 65536 bytes", "S'" + "a".repeat(70_000) + "'\n."),
        Arguments.of("a stack of more than 65536 values", "N".repeat(70_000) + "."),
        Arguments.of("more than 65536 marks", "(".repeat(70_000) + "."),
        Arguments.of("opcodes (expected: a smaller pickle)", "}0".repeat(2_200_000) + "N."),
        Arguments.of("a memo of more than", "N" + memo(1_100_000) + "."));
  }

  private static String memo(int count) {
    return "\u0094".repeat(count);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refuses(String expected, String pickle) {
    assertThatThrownBy(() -> load(pickle))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("f at byte ")
        .hasMessageContaining(expected)
        .hasMessageContaining("(expected: ");
  }

  /** A short pickle cannot do any amount of work by using one large value again and again. */
  @Test
  void boundsCopiesOfWhatWasReadOnce() {
    String list = "](" + "N".repeat(60_000) + "eq\1";
    String copies = "cbuiltins\nlist\nq\0" + list + "0" + "h\0h\1\u0085R0".repeat(1_000);
    assertThatThrownBy(() -> load(copies + "N."))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("copies of more than");
    String text = "X" + "\0\0\2\0" + "a".repeat(1 << 17) + "q\1";
    String encodes =
        "c_codecs\nencode\nq\0" + text + "0U\6latin1q\0020" + "h\0h\1h\2\u0086R0".repeat(1_000);
    assertThatThrownBy(() -> load(encodes + "N."))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("copies of more than");
  }

  @Test
  void readsPlainValues() {
    assertThat(load("I42\n.")).isEqualTo(42L);
    assertThat(load("I01\n.")).isEqualTo(true);
    assertThat(load("I00\n.")).isEqualTo(false);
    assertThat(load("L-12L\n.")).isEqualTo(-12L);
    assertThat(load("\u008a\2\u00ff\u00ff.")).isEqualTo(-1L);
    assertThat(load("\u008a\0.")).isEqualTo(0L);
    assertThat(load("\u008a\u0009\1\0\0\0\0\0\0\0\1.").toString())
        .isEqualTo("18446744073709551617");
    assertThat(load("J\u00fe\u00ff\u00ff\u00ff.")).isEqualTo(-2L);
    assertThat(load("M\1\1.")).isEqualTo(257L);
    assertThat(load("F1.5\n.")).isEqualTo(1.5);
    assertThat(load("F-inf\n.")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(load("G?\u00f8\0\0\0\0\0\0.")).isEqualTo(1.5);
    assertThat(load("V\\u00e4\\x\\U0001f600\n.")).isEqualTo("\u00e4\\x\ud83d\ude00");
    assertThat(load("X\2\0\0\0\u00c3\u00a4.")).isEqualTo("\u00e4");
    assertThat(load("U\1\u00e4.")).isEqualTo("\u00e4");
    assertThat(load("S\"it's\"\n.")).isEqualTo("it's");
    assertThat(load("N.")).isEqualTo(Pickled.None.NONE);
    assertThat(load("N(I1\n1.")).isEqualTo(Pickled.None.NONE);
    assertThat(load("N(0.")).isEqualTo(Pickled.None.NONE);
  }

  @Test
  void readsContainers() {
    Object list = load("(I1\nI2\nl.");
    assertThat(PlainTypes.items(list)).containsExactly(1L, 2L);
    assertThat(PlainTypes.items(load("(I1\nt2\u0086."))).hasSize(2);
    assertThat(PlainTypes.items(load("\u008f(I1\n\u0090."))).containsExactly(1L);
    assertThat(PlainTypes.items(load("(I1\n\u0091."))).containsExactly(1L);
    Object dict = load("(S'a'\nI1\nS'b'\nI2\nd.");
    assertThat(((Pickled.Dict) dict).items).containsEntry("a", 1L).containsEntry("b", 2L);
    Object ordered = load("ccollections\nOrderedDict\n((l(S'a'\nI1\ntatR(dS'_m'\nI1\nsb.");
    assertThat(((Pickled.Dict) ordered).items).containsOnlyKeys("a");
  }

  /** Never walked, so neither nesting nor a cycle takes a stack frame. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0085", "]q\0h\0a0", "0h\0h\0\u0086q\0"})
  void takesAnyNesting(String step) {
    assertThat(load("Nq\0" + step.repeat(400_000) + ".")).isNotNull();
  }
}

# LLaMA and Qwen2: RMSNorm before each half of a block, rotary positions, SwiGLU, and fewer key and
# value heads than query heads (transformers, models/llama and models/qwen2).
# Linear layers: four a layer (q k v, o, gate up, down), then the head. Those without a bias in the
# checkpoint have one of zeros.
# Vectors: two a layer (norms of attention and of the feed-forward), then the last norm.
class LanguageModel(Module):
  __parameters__ = []
  __buffers__ = []
  layers : int
  heads : int
  kv : int
  head : int
  eps : float
  windows : List[int]

  # tokens (3, N): ids, rows, positions. Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> Tensor:
    H = self.heads
    V = self.kv
    D = self.head
    N = torch.size(tokens, 1)
    rows = torch.select(tokens, 0, 1)
    position = torch.select(tokens, 0, 2)
    x = torch.embedding(self.embedding[0], torch.select(tokens, 0, 0))
    cos = torch.unsqueeze(torch.index_select(self.tables[0], 0, position), 1)
    sin = torch.unsqueeze(torch.index_select(self.tables[1], 0, position), 1)
    none = annotate(List[Tensor], [])
    plan = __torch__.plan(tokens, groups, at, k[0], H, none)
    for i in range(self.layers):
      h = __torch__.rms_norm(x, self.vectors[2 * i], self.eps)
      qkv = __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i)
      qk = __torch__.turn(torch.view(torch.narrow(qkv, 1, 0, (H + V) * D), [N, H + V, D]), cos, sin)
      values = torch.view(torch.narrow(qkv, 1, (H + V) * D, V * D), [N, V, D])
      _0 = __torch__.store(k[i], v[i], rows, position, torch.narrow(qk, 1, H, V), values)
      o = __torch__.attend(torch.narrow(qk, 1, 0, H), k[i], v[i], groups, at, plan, self.windows[i], none)
      x = torch.add(x, __torch__.linear(o, self.p, self.q, self.w, self.b, 4 * i + 1))
      h = __torch__.rms_norm(x, self.vectors[2 * i + 1], self.eps)
      gate, up = torch.chunk(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 2), 2, -1)
      h = torch.mul(__torch__.activate(gate, "silu"), up)
      x = torch.add(x, __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 3))
    return x

  # (M, width) -> (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    h = __torch__.rms_norm(x, self.vectors[2 * self.layers], self.eps)
    return __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * self.layers)


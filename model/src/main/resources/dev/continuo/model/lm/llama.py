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

  # Norms are multiplied by the square root of the width; the last vector is added to a row's length.
  def ready(self: __torch__.LanguageModel) -> int:
    W = float(torch.size(self.vectors[0], 0))
    for i in range(len(self.vectors)):
      _0 = torch.mul_(self.vectors[i], torch.pow(W, 0.5))
    _1 = torch.append(self.vectors, torch.full_like(torch.select(self.vectors[0], 0, 0), torch.pow(W * self.eps, 0.5)))
    return 0

  # tokens (3, N): ids, rows, positions. Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], cache: List[Tensor]) -> Tensor:
    H = self.heads
    V = self.kv
    D = self.head
    x = __torch__.embed(self.embedding[0], tokens)
    position = torch.select(tokens, 0, 2)
    cos = torch.unsqueeze(torch.index_select(self.tables[0], 0, position), 1)
    sin = torch.unsqueeze(torch.index_select(self.tables[1], 0, position), 1)
    plan = __torch__.plan(tokens, groups, at, cache, H, annotate(List[Tensor], []))
    floor = self.vectors[2 * self.layers + 1]
    for i in range(self.layers):
      h = __torch__.rms_norm(x, self.vectors[2 * i], floor)
      qkv = torch.view(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i), [-1, H + 2 * V, D])
      _0 = __torch__.turn(torch.narrow(qkv, 1, 0, H + V), cos, sin)
      o = __torch__.attend(qkv, cache, i, groups, at, plan, self.windows[i], self.dense)
      x = __torch__.linear_add(x, o, self.p, self.q, self.w, self.b, 4 * i + 1)
      h = __torch__.rms_norm(x, self.vectors[2 * i + 1], floor)
      h = __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 2)
      gate, up = torch.chunk(h, 2, 1)
      h = torch.mul(__torch__.activate(gate, "silu"), up)
      x = __torch__.linear_add(x, h, self.p, self.q, self.w, self.b, 4 * i + 3)
    return x

  # (M, width) -> (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    h = __torch__.rms_norm(x, self.vectors[2 * self.layers], self.vectors[2 * self.layers + 1])
    return __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * self.layers)


# BLOOM (transformers, models/bloom): ALiBi instead of positions (Press et al. 2022), LayerNorm on the
# embeddings and before each half of a block, whose residual may be the norm's output (normed).
# Linear layers: four a layer (q k v, dense, h to 4h, 4h to h), then the head.
# Vectors: weight and bias of each norm: the embeddings', two a layer, then the last one.
class LanguageModel(Module):
  __parameters__ = []
  __buffers__ = []
  layers : int
  heads : int
  head : int
  eps : float
  normed : bool

  def norm(self: __torch__.LanguageModel, x: Tensor, i: int) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], self.vectors[2 * i], self.vectors[2 * i + 1], self.eps)

  def ready(self: __torch__.LanguageModel) -> int:
    return 0

  # tokens (3, N): ids, rows, positions. Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], cache: List[Tensor]) -> Tensor:
    H = self.heads
    D = self.head
    position = torch.select(tokens, 0, 2)
    x = self.norm(__torch__.embed(self.embedding[0], tokens), 0)
    plan = __torch__.plan(tokens, groups, at, cache, H, self.tables)
    for i in range(self.layers):
      h = self.norm(x, 2 * i + 1)
      if self.normed:
        x = h
      qkv = torch.view(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i), [-1, 3 * H, D])
      o = __torch__.attend(qkv, cache, i, groups, at, plan, 0, self.dense)
      x = __torch__.linear_add(x, o, self.p, self.q, self.w, self.b, 4 * i + 1)
      h = self.norm(x, 2 * i + 2)
      if self.normed:
        x = h
      h = __torch__.activate(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 2), "gelu_tanh")
      x = __torch__.linear_add(x, h, self.p, self.q, self.w, self.b, 4 * i + 3)
    return x

  # (M, width) -> (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    return __torch__.linear(self.norm(x, 2 * self.layers + 1), self.p, self.q, self.w, self.b, 4 * self.layers)


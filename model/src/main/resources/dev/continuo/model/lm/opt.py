# OPT (transformers, models/opt): learned positions, stored two rows in; LayerNorm before each half of
# a block (before), or after each sum as in the 350M model; embeddings may be narrower than the layers
# (projected).
# Linear layers: four a layer (q k v, out, fc1, fc2), then in and out of the projection if there is
# one, then the head.
# Vectors: the positions (positions + 2, width), then weight and bias of each norm: two norms a layer,
# then the last one if there is one (final).
class LanguageModel(Module):
  __parameters__ = []
  __buffers__ = []
  layers : int
  heads : int
  head : int
  before : bool
  final : bool
  projected : bool
  activation : str

  def norm(self: __torch__.LanguageModel, x: Tensor, i: int) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], self.vectors[2 * i + 1], self.vectors[2 * i + 2], 1e-05)

  def ready(self: __torch__.LanguageModel) -> int:
    return 0

  # tokens (3, N): ids, rows, positions. Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], cache: List[Tensor]) -> Tensor:
    H = self.heads
    D = self.head
    W = H * D
    position = torch.select(tokens, 0, 2)
    x = __torch__.embed(self.embedding[0], tokens)
    if self.projected:
      x = __torch__.linear(x, self.p, self.q, self.w, self.b, 4 * self.layers)
    x = torch.add(x, torch.embedding(self.vectors[0], torch.add(position, 2)))
    plan = __torch__.plan(tokens, groups, at, cache, H, annotate(List[Tensor], []))
    for i in range(self.layers):
      h = x
      if self.before:
        h = self.norm(x, 2 * i)
      qkv = torch.view(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i), [-1, 3 * H, D])
      o = __torch__.attend(qkv, cache, i, groups, at, plan, 0, self.dense)
      x = __torch__.linear_add(x, o, self.p, self.q, self.w, self.b, 4 * i + 1)
      if not self.before:
        x = self.norm(x, 2 * i)
      h = x
      if self.before:
        h = self.norm(x, 2 * i + 1)
      h = __torch__.activate(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 2), self.activation)
      x = __torch__.linear_add(x, h, self.p, self.q, self.w, self.b, 4 * i + 3)
      if not self.before:
        x = self.norm(x, 2 * i + 1)
    return x

  # (M, width) -> (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    last = 4 * self.layers
    if self.final:
      x = self.norm(x, 2 * self.layers)
    if self.projected:
      x = __torch__.linear(x, self.p, self.q, self.w, self.b, last + 1)
      last = last + 2
    return __torch__.linear(x, self.p, self.q, self.w, self.b, last)


# GPT-NeoX and Pythia (transformers, models/gpt_neox): rotary positions on the first components of each
# head; attention and feed-forward both from the block's input (parallel), or one after the other.
# Linear layers: four a layer (q k v, dense, h to 4h, 4h to h), then the head.
# Vectors: weight and bias of each norm: two norms a layer, then the last one.
class LanguageModel(Module):
  __parameters__ = []
  __buffers__ = []
  layers : int
  heads : int
  head : int
  eps : float
  parallel : bool
  activation : str

  def norm(self: __torch__.LanguageModel, x: Tensor, i: int) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], self.vectors[2 * i], self.vectors[2 * i + 1], self.eps)

  def ready(self: __torch__.LanguageModel) -> int:
    return 0

  # tokens (3, N): ids, rows, positions. Returns the last layer's output, (N, width).
  def body(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], cache: List[Tensor]) -> Tensor:
    H = self.heads
    D = self.head
    position = torch.select(tokens, 0, 2)
    x = __torch__.embed(self.embedding[0], tokens)
    cos = torch.unsqueeze(torch.index_select(self.tables[0], 0, position), 1)
    sin = torch.unsqueeze(torch.index_select(self.tables[1], 0, position), 1)
    plan = __torch__.plan(tokens, groups, at, cache, H, annotate(List[Tensor], []))
    for i in range(self.layers):
      qkv = torch.view(__torch__.linear(self.norm(x, 2 * i), self.p, self.q, self.w, self.b, 4 * i), [-1, 3 * H, D])
      _0 = __torch__.turn(torch.narrow(qkv, 1, 0, 2 * H), cos, sin)
      o = __torch__.attend(qkv, cache, i, groups, at, plan, 0, self.dense)
      o = __torch__.linear(o, self.p, self.q, self.w, self.b, 4 * i + 1)
      h = x
      if not self.parallel:
        h = torch.add(x, o)
      h = __torch__.linear(self.norm(h, 2 * i + 1), self.p, self.q, self.w, self.b, 4 * i + 2)
      h = __torch__.activate(h, self.activation)
      x = __torch__.linear_add(torch.add(x, o), h, self.p, self.q, self.w, self.b, 4 * i + 3)
    return x

  # (M, width) -> (M, vocabulary)
  def logits(self: __torch__.LanguageModel, x: Tensor) -> Tensor:
    return __torch__.linear(self.norm(x, 2 * self.layers), self.p, self.q, self.w, self.b, 4 * self.layers)


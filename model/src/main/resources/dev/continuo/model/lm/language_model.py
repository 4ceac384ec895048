  # The rest of every family's class: what does not depend on the family.
  # tables: cosines and sines of rotary positions, or ALiBi's slopes. vectors: norms and the like.
  training : bool
  embedding : List[Tensor]
  allowed : List[Tensor]
  meaning : List[Tensor]
  tables : List[Tensor]
  vectors : List[Tensor]
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]

  def linear(self: __torch__.LanguageModel, weights: List[Tensor], biases: List[Tensor], way: int) -> int:
    return __torch__.pack(weights, biases, self.p, self.q, self.w, self.b, way)

  # One matrix whose rows are (heads, 3, head): query, key and value of each head side by side. All
  # queries come first afterwards, then all keys, then all values.
  def by_heads(self: __torch__.LanguageModel, weights: List[Tensor], biases: List[Tensor], heads: int, way: int) -> int:
    w = torch.transpose(torch.unflatten(weights[0], 0, [heads, 3, -1]), 0, 1)
    sorted = annotate(List[Tensor], [])
    if len(biases) > 0:
      _0 = torch.append(sorted, torch.flatten(torch.transpose(torch.unflatten(biases[0], 0, [heads, 3, -1]), 0, 1), 0, 2))
    return __torch__.pack([torch.flatten(w, 0, 2)], sorted, self.p, self.q, self.w, self.b, way)

  def vector(self: __torch__.LanguageModel, x: Tensor) -> int:
    return __torch__.keep(x, self.vectors)

  def table(self: __torch__.LanguageModel, x: Tensor) -> int:
    return __torch__.keep(x, self.tables)

  def rotary(self: __torch__.LanguageModel, scales: Tensor, theta: float, positions: int, loudness: float) -> int:
    cos, sin = __torch__.angles(scales, theta, positions, loudness)
    _0 = torch.append(self.tables, cos)
    _1 = torch.append(self.tables, sin)
    return 0

  # embedding (vocabulary, width); head (vocabulary, width), the last linear layer; allowed: ids that
  # may be drawn; meaning: what each stands for
  def ends(self: __torch__.LanguageModel, embedding: Tensor, head: Tensor, allowed: Tensor, meaning: Tensor, way: int) -> int:
    bad = __torch__.keep(embedding, self.embedding)
    _1 = torch.append(self.meaning, torch.clone(meaning))
    _2 = torch.append(self.allowed, torch.clone(allowed))
    none = annotate(List[Tensor], [])
    return bad + __torch__.pack([head], none, self.p, self.q, self.w, self.b, way)

  # One unit (or what an allowed id means otherwise) for each row of logits (M, vocabulary).
  # how (5, M) float64: temperature, top-k, top-p, repetition penalty, uniform number.
  # seen: none, or one (2, K): rows and allowed ids (by their index) that stand in the row's context
  # and are to be penalised, as in Keskar et al. 2019 (CTRL), section 4.1.
  def draw(self: __torch__.LanguageModel, logits: Tensor, how: Tensor, seen: List[Tensor]) -> Tensor:
    logits = torch.to(torch.index_select(logits, 1, self.allowed[0]), 7)
    if len(seen) > 0:
      row = torch.select(seen[0], 0, 0)
      index = annotate(List[Optional[Tensor]], [row, torch.select(seen[0], 0, 1)])
      penalty = torch.index_select(torch.select(how, 0, 3), 0, row)
      s = torch.index(logits, index)
      s = torch.where(torch.lt(s, 0.0), torch.mul(s, penalty), torch.div(s, penalty))
      _0 = torch.index_put_(logits, index, s)
    A = torch.size(logits, 1)
    temperature = torch.unsqueeze(torch.select(how, 0, 0), 1)
    greedy = torch.le(temperature, 0.0)
    k = torch.unsqueeze(torch.select(how, 0, 1), 1)
    k = torch.where(torch.le(k, 0.0), torch.full_like(k, A), k)
    k = torch.where(greedy, torch.ones_like(k), k)
    values, order = torch.sort(logits, stable=True, dim=-1, descending=True)
    values = torch.div(values, torch.where(greedy, torch.ones_like(temperature), temperature))
    rank = torch.to(torch.arange(A), values)
    q = torch.softmax(torch.masked_fill(values, torch.ge(rank, k), -inf), -1)
    before = torch.sub(torch.cumsum(q, -1), q)
    kept = torch.logical_or(torch.lt(before, torch.unsqueeze(torch.select(how, 0, 2), 1)), torch.eq(rank, 0.0))
    c = torch.cumsum(torch.mul(q, torch.to(kept, 7)), -1)
    target = torch.mul(torch.select(c, 1, A - 1), torch.select(how, 0, 4))
    j = torch.sum(torch.le(c, torch.unsqueeze(target, 1)), [1], True)
    return torch.index_select(self.meaning[0], 0, torch.flatten(torch.gather(order, 1, torch.clamp_max(j, A - 1)), 0, -1))

  # tokens (3, N): ids, rows, positions
  def fill(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> int:
    _0 = self.body(tokens, groups, at, k, v)
    return 0

  # A row forgets drop positions from start on; what lies behind them moves up.
  def slide(self: __torch__.LanguageModel, k: List[Tensor], v: List[Tensor], row: int, start: int, drop: int, length: int) -> int:
    for i in range(len(k)):
      _0 = __torch__.slide(k[i], v[i], row, start, drop, length, self.tables)
    return 0

  # last (M): index of the last token of each group
  def step(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor], last: Tensor, how: Tensor, seen: List[Tensor]) -> Tensor:
    x = torch.index_select(self.body(tokens, groups, at, k, v), 0, last)
    return self.draw(self.logits(x), how, seen)

  def all_logits(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor]) -> Tensor:
    return self.logits(self.body(tokens, groups, at, k, v))

  # Negative log-likelihood of what follows each token, next (N), over the whole vocabulary, in nats.
  def nll(self: __torch__.LanguageModel, tokens: Tensor, groups: List[int], at: List[int], k: List[Tensor], v: List[Tensor], next: Tensor) -> Tensor:
    logits = torch.to(self.logits(self.body(tokens, groups, at, k, v)), 7)
    chosen = torch.gather(torch.log_softmax(logits, -1), 1, torch.unsqueeze(next, 1))
    return torch.to(torch.neg(torch.flatten(chosen, 0, -1)), 6)

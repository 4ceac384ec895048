  # The rest of every family's class: what does not depend on the family.
  # tables: cosines and sines of rotary positions, or ALiBi's slopes. vectors: norms and the like.
  training : bool
  dense : bool
  block : int
  cached : int
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
  # may be drawn, kept where they are not all in their order; meaning: what each stands for
  def ends(self: __torch__.LanguageModel, embedding: Tensor, head: Tensor, allowed: Tensor, meaning: Tensor, way: int) -> int:
    bad = __torch__.keep(embedding, self.embedding)
    if way < 0:
      self.embedding[0] = torch.to(self.embedding[0], self.w[0])
    _0 = self.ready()
    _1 = torch.append(self.meaning, torch.clone(meaning))
    if not torch.equal(allowed, torch.arange(torch.size(head, 0), device=ops.prim.device(allowed))):
      _2 = torch.append(self.allowed, torch.clone(allowed))
    none = annotate(List[Tensor], [])
    return bad + __torch__.pack([head], none, self.p, self.q, self.w, self.b, way)

  # A cache of rows * blocks of positions, of the type cached.
  def cache(self: __torch__.LanguageModel, rows: int, V: int, blocks: int, D: int) -> List[Tensor]:
    return __torch__.cache(self.layers, rows, V, blocks, D, self.block, self.cached, self.meaning[0])

  # One unit (or what an allowed id means otherwise) for each row of logits (M, vocabulary).
  # how (5, M): temperature, top-k, top-p, repetition penalty, uniform number; greedy: whether all rows
  # take the likeliest unit, as those with a top-k of one do.
  # seen (2, K): rows and allowed ids (by their index) that stand in the row's context and are to be
  # penalised, as in Keskar et al. 2019 (CTRL), section 4.1.
  def draw(self: __torch__.LanguageModel, logits: Tensor, how: List[float], greedy: bool, seen: List[int]) -> Tensor:
    device = ops.prim.device(logits)
    M = torch.size(logits, 0)
    settings = torch.view(torch.tensor(how, dtype=7, device=device), [5, M, 1])
    A = torch.size(self.meaning[0], 0)
    if len(self.allowed) > 0:
      logits = torch.index_select(logits, 1, self.allowed[0])
    logits = torch.to(logits, 7)
    if len(seen) > 0:
      row, id = torch.unbind(torch.view(torch.tensor(seen, dtype=4, device=device), [2, -1]))
      index = annotate(List[Optional[Tensor]], [row, id])
      penalty = torch.index_select(torch.view(torch.select(settings, 0, 3), [-1]), 0, row)
      s = torch.index(logits, index)
      s = torch.where(torch.lt(s, 0.0), torch.mul(s, penalty), torch.div(s, penalty))
      _0 = torch.index_put_(logits, index, s)
    if greedy:
      chosen = torch.argmax(logits, -1)
    else:
      temperature, k, p, _1, u = torch.unbind(settings)
      values, order = torch.sort(logits, stable=True, dim=-1, descending=True)
      rank = torch.arange(A, dtype=7, device=device)
      q = torch.div(values, temperature)
      q = torch.softmax(torch.masked_fill_(q, torch.ge(rank, k), -inf), -1)
      before = torch.sub(torch.cumsum(q, -1), q)
      dropped = torch.logical_and(torch.ge(before, p), torch.gt(rank, 0.0))
      c = torch.cumsum(torch.masked_fill_(q, dropped, 0.0), -1)
      j = torch.sum(torch.le(c, torch.mul(torch.narrow(c, 1, A - 1, 1), u)), [1], True)
      chosen = torch.view(torch.gather(order, 1, torch.clamp_max(j, A - 1)), [-1])
    return torch.index_select(self.meaning[0], 0, chosen)

  # Ids, rows and positions of tokens, (3, N), where the network is.
  def tokens(self: __torch__.LanguageModel, flat: List[int]) -> Tensor:
    return torch.view(torch.tensor(flat, dtype=4, device=ops.prim.device(self.meaning[0])), [3, -1])

  def fill(self: __torch__.LanguageModel, tokens: List[int], groups: List[int], at: List[int], cache: List[Tensor]) -> int:
    _0 = self.body(self.tokens(tokens), groups, at, cache)
    return 0

  # Returns when all work on a cache is done.
  def wait(self: __torch__.LanguageModel, cache: List[Tensor]) -> int:
    return int(torch.item(torch.isnan(torch.select(cache[0], 0, 0))))

  # A row forgets drop positions from start on; what lies behind them moves up.
  def slide(self: __torch__.LanguageModel, cache: List[Tensor], row: int, start: int, drop: int, length: int) -> int:
    for i in range(len(cache) // 4):
      _0 = __torch__.slide(cache[4 * i + 3], torch.size(cache[2], 1), row, start, drop, length, self.tables)
    return 0

  # A draw for the last token of each group.
  def step(self: __torch__.LanguageModel, tokens: List[int], groups: List[int], at: List[int], cache: List[Tensor], how: List[float], greedy: bool, seen: List[int]) -> Tensor:
    x = self.body(self.tokens(tokens), groups, at, cache)
    if torch.size(x, 0) > len(groups) // 2:
      last = annotate(List[int], [])
      for g in range(len(groups) // 2):
        _0 = torch.append(last, groups[2 * g] + groups[2 * g + 1] - 1)
      x = torch.index_select(x, 0, torch.tensor(last, dtype=4, device=ops.prim.device(x)))
    return self.draw(self.logits(x), how, greedy, seen)

  def all_logits(self: __torch__.LanguageModel, tokens: List[int], groups: List[int], at: List[int], cache: List[Tensor]) -> Tensor:
    return torch.to(self.logits(self.body(self.tokens(tokens), groups, at, cache)), 6)

  # Negative log-likelihood of what follows each token, next (N), over the whole vocabulary, in nats.
  def nll(self: __torch__.LanguageModel, tokens: List[int], groups: List[int], at: List[int], cache: List[Tensor], next: List[int]) -> Tensor:
    logits = torch.to(self.logits(self.body(self.tokens(tokens), groups, at, cache)), 7)
    following = torch.view(torch.tensor(next, dtype=4, device=ops.prim.device(logits)), [-1, 1])
    chosen = torch.gather(torch.log_softmax(logits, -1), 1, following)
    return torch.to(torch.neg(torch.flatten(chosen, 0, -1)), 6)

# What families of language models share: attention over a static KV cache, rotary positions,
# activations. Tokens of several rows are computed in one pass: token i has an id, a row of the cache
# and a position in it; tokens of one row lie side by side (a group), in order.
# groups: first token and number of tokens of each group, flat; at: its row and its first position.

# Cosines and sines, (positions, R) each, of the angles of R turned components: theta^(-2i/R), times
# scales (R / 2); loudness multiplies both.
def angles(scales: Tensor, theta: float, positions: int, loudness: float) -> List[Tensor]:
  R = 2 * torch.size(scales, 0)
  i = torch.to(torch.arange(R // 2, device=ops.prim.device(scales)), scales)
  f = torch.mul(torch.reciprocal(torch.pow(theta, torch.div(torch.mul(i, 2), R))), scales)
  a = torch.mul(torch.unsqueeze(torch.to(torch.arange(positions, device=ops.prim.device(scales)), scales), 1), f)
  cos = torch.mul(torch.cos(a), loudness)
  sin = torch.mul(torch.sin(a), loudness)
  return [torch.cat([cos, cos], -1), torch.cat([torch.neg(sin), sin], -1)]

# The embeddings of tokens (3, N), float32.
def embed(table: Tensor, tokens: Tensor) -> Tensor:
  return torch.to(torch.embedding(table, torch.select(tokens, 0, 0)), 6)

# Turns queries and keys x (N, heads, D) in place by their positions, in the half-split layout;
# components that lie behind the first R stay. cos, sin: (N, 1, R).
def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  R = torch.size(cos, 2)
  if R < torch.size(x, 2):
    x = torch.narrow(x, 2, 0, R)
  turned = torch.roll(x, [R // 2], [2])
  return torch.addcmul_(torch.mul_(x, cos), turned, sin)

# The cache of a layer, c (2, rows, kv heads, blocks, D * P): keys, each block of P positions
# transposed, (D, P), so that a head's scores are sums of rows; then values, each block (P, D). A pass
# is given a layer's cache in four shapes side by side: flat, as rows of P, as rows of D, and whole.
def cache(layers: int, rows: int, V: int, blocks: int, D: int, P: int, type: int, like: Tensor) -> List[Tensor]:
  caches = annotate(List[Tensor], [])
  for i in range(layers):
    c = torch.new_zeros(like, [2, rows, V, blocks, D * P], dtype=type)
    _0 = torch.append(caches, torch.view(c, [-1]))
    _1 = torch.append(caches, torch.view(c, [-1, P]))
    _2 = torch.append(caches, torch.view(c, [-1, D]))
    _3 = torch.append(caches, c)
  return caches

# Where keys and values (2, kv heads, D) of each token go in a flat cache. tokens (3, N).
def places(tokens: Tensor, cache: List[Tensor], D: int) -> Tensor:
  rows = torch.size(cache[3], 1)
  V = torch.size(cache[3], 2)
  blocks = torch.size(cache[3], 3)
  P = torch.size(cache[1], 1)
  row = torch.view(torch.select(tokens, 0, 1), [-1, 1, 1])
  position = torch.view(torch.select(tokens, 0, 2), [-1, 1, 1])
  head = torch.add(torch.mul(row, V), torch.view(torch.arange(V, device=ops.prim.device(tokens)), [V, 1]))
  d = torch.arange(D, device=ops.prim.device(tokens))
  block = torch.div(position, P, rounding_mode="floor")
  keys = torch.mul(torch.add(torch.mul(head, blocks), block), D * P)
  keys = torch.add(torch.add(keys, torch.remainder(position, P)), torch.mul(d, P))
  values = torch.mul(torch.add(torch.mul(head, blocks * P), position), D)
  values = torch.add(torch.add(values, d), rows * V * blocks * D * P)
  return torch.flatten(torch.stack([keys, values], 1), 0, -1)

# Positions from + drop .. length - 1 of a row move to from .. and take the place of what was there.
# c: one layer's cache, whole. tables: cosines and sines of rotary positions, by which keys are turned
# back; otherwise none of them.
def slide(c: Tensor, D: int, row: int, start: int, drop: int, length: int, tables: List[Tensor]) -> int:
  keys = torch.unflatten(torch.select(torch.select(c, 0, 0), 0, row), 2, [D, -1])
  values = torch.flatten(torch.unflatten(torch.select(torch.select(c, 0, 1), 0, row), 2, [-1, D]), 1, 2)
  n = length - start - drop
  old = torch.flatten(torch.transpose(keys, 2, 3), 1, 2)
  rest = torch.clone(torch.narrow(old, 1, start + drop, n))
  if len(tables) == 2:
    cos = torch.narrow(tables[0], 0, drop, 1)
    sin = torch.narrow(tables[1], 0, drop, 1)
    loudness = torch.hypot(cos, sin)
    cos = torch.to(torch.unsqueeze(torch.div(cos, loudness), 0), c)
    sin = torch.to(torch.unsqueeze(torch.div(sin, loudness), 0), c)
    _0 = __torch__.turn(rest, cos, torch.neg(sin))
  new = torch.clone(old)
  _1 = torch.copy_(torch.narrow(new, 1, start, n), rest)
  _2 = torch.copy_(keys, torch.transpose(torch.unflatten(new, 1, [torch.size(keys, 1), -1]), 2, 3))
  _3 = torch.copy_(torch.narrow(values, 1, start, n), torch.clone(torch.narrow(values, 1, start + drop, n)))
  return 0

# What a pass's attention needs to know, the same in all layers. First of the tokens that are alone in
# their rows: which they are; how far ahead of each every position lies, (tokens, 1, positions); what is
# added to the scores, (tokens, heads, positions): nothing for positions seen, ALiBi's bias where there
# are slopes (heads), minus infinity for what lies ahead; what queries are multiplied with for each
# block; which rows of the cache of keys and of values are summed and where each sum begins; the rows;
# where keys and values go. Then of each group of several tokens: how far ahead each position lies, (query
# heads of a kv head * tokens, positions), and what is added, the same for all kv heads or for each.
# A row's sums have the length of its own context, in blocks; what others need beyond it is read from
# its last block and weighs nothing.
def plan(tokens: Tensor, groups: List[int], at: List[int], cache: List[Tensor], heads: int, slopes: List[Tensor]) -> List[Tensor]:
  P = torch.size(cache[1], 1)
  D = torch.size(cache[2], 1)
  device = ops.prim.device(tokens)
  alone = annotate(List[int], [])
  most = 0
  for g in range(len(groups) // 2):
    if groups[2 * g + 1] == 1:
      _0 = torch.append(alone, groups[2 * g])
      most = max(most, at[2 * g + 1])
  plan = annotate(List[Tensor], [])
  if len(alone) > 0:
    which = torch.tensor(alone, dtype=4, device=device)
    if len(alone) < torch.size(tokens, 1):
      tokens = torch.index_select(tokens, 1, which)
    N = len(alone)
    V = torch.size(cache[3], 2)
    blocks = torch.size(cache[3], 3)
    n = most // P + 1
    here = torch.view(torch.select(tokens, 0, 2), [N, 1, 1])
    ahead = torch.to(torch.sub(torch.arange(n * P, device=device), here), 6)
    bias = torch.masked_fill(torch.zeros_like(ahead), torch.gt(ahead, 0.0), -inf)
    if len(slopes) > 0:
      bias = torch.add(bias, torch.mul(ahead, torch.view(slopes[0], [1, heads, 1])))
    bias = torch.contiguous(torch.expand(bias, [N, heads, n * P]))
    scales = torch.full([N, 1, n, 1], torch.pow(float(D), -0.5), dtype=6, device=device)
    row = torch.mul(torch.view(torch.select(tokens, 0, 1), [N, 1, 1]), V)
    head = torch.div(torch.arange(heads, device=device), heads // V, rounding_mode="floor")
    block = torch.minimum(torch.arange(n, device=device), torch.div(here, P, rounding_mode="floor"))
    block = torch.add(torch.mul(torch.add(row, torch.view(head, [heads, 1])), blocks), block)
    block = torch.to(torch.unsqueeze(block, 3), 3)
    keys = torch.add(torch.mul(block, D), torch.arange(D, dtype=3, device=device))
    values = torch.add(torch.mul(block, P), torch.arange(torch.size(cache[2], 0) // 2, torch.size(cache[2], 0) // 2 + P, dtype=3, device=device))
    key_starts = torch.arange(0, N * heads * n * D + 1, D, dtype=3, device=device)
    value_starts = torch.arange(0, N * heads * n * P + 1, n * P, dtype=3, device=device)
    plan = [which, ahead, bias, scales, torch.view(keys, [-1]), key_starts, torch.view(values, [-1]), value_starts, torch.select(tokens, 0, 1), __torch__.places(tokens, cache, D)]
  G = heads // torch.size(cache[3], 2)
  for g in range(len(groups) // 2):
    T = groups[2 * g + 1]
    if T > 1:
      first = at[2 * g + 1]
      n = ((first + T - 1) // P + 1) * P
      ahead = torch.sub(torch.arange(n, device=device), torch.unsqueeze(torch.arange(first, first + T, device=device), 1))
      ahead = torch.repeat(torch.to(ahead, 6), [G, 1])
      bias = torch.unsqueeze(torch.masked_fill(torch.zeros_like(ahead), torch.gt(ahead, 0.0), -inf), 0)
      if len(slopes) > 0:
        slope = torch.unsqueeze(torch.repeat_interleave(torch.view(slopes[0], [-1, G]), T, 1), 2)
        bias = torch.add(bias, torch.mul(ahead, slope))
      _1 = torch.append(plan, ahead)
      _2 = torch.append(plan, bias)
  return plan

# The sums of some rows of a table (rows, width), weighed: sum i takes entries starts[i] to
# starts[i + 1] of rows and weights.
def sums(table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor) -> Tensor:
  y, _1, _2, _3 = torch._embedding_bag_forward_only(table, rows, starts, False, 0, False, weights, True, -1)
  return y

# One token a row: q (N, heads, D) -> (N, heads * D), as weighed sums.
def attend_one(q: Tensor, cache: List[Tensor], i: int, plan: List[Tensor], window: int) -> Tensor:
  N = torch.size(q, 0)
  weights = torch.view(torch.mul(torch.unsqueeze(q, 2), plan[3]), [-1])
  s = __torch__.sums(cache[4 * i + 1], plan[4], plan[5], torch.to(weights, cache[0]))
  s = torch.add(plan[2], torch.view_as(s, plan[2]))
  if window > 0:
    s = torch.masked_fill_(s, torch.le(plan[1], -window), -inf)
  s = torch.to(torch.view(torch.softmax(s, -1), [-1]), cache[0])
  o = torch.view(__torch__.sums(cache[4 * i + 2], plan[6], plan[7], s), [N, -1])
  return torch.to(o, q)

# The same as products of matrices, over copies of the rows.
def attend_dense(q: Tensor, cache: List[Tensor], i: int, plan: List[Tensor], window: int) -> Tensor:
  N = torch.size(q, 0)
  H = torch.size(q, 1)
  D = torch.size(q, 2)
  V = torch.size(cache[3], 2)
  n = torch.size(plan[3], 2)
  c = torch.index_select(torch.narrow(cache[4 * i + 3], 3, 0, n), 1, plan[8])
  q = torch.view(torch.mul(q, torch.pow(float(D), -0.5)), [N, V, 1, H // V, D])
  s = torch.matmul(q, torch.unflatten(torch.select(c, 0, 0), 3, [D, -1]))
  s = torch.add(torch.reshape(torch.transpose(s, 2, 3), [N, H, -1]), plan[2])
  if window > 0:
    s = torch.masked_fill(s, torch.le(plan[1], -window), -inf)
  s = torch.view(torch.to(torch.softmax(s, -1), c), [N, V, H // V, -1])
  o = torch.matmul(s, torch.flatten(torch.unflatten(torch.select(c, 0, 1), 3, [-1, D]), 2, 3))
  return torch.view(o, [N, H * D])

# Several tokens of one row: q (T, heads, D), of positions end - T to end - 1, attend into y, of the same
# shape; c: the layer's cache, whole; ahead and bias: of the plan.
def attend_group(q: Tensor, c: Tensor, row: int, end: int, window: int, ahead: Tensor, bias: Tensor, y: Tensor) -> int:
  T = torch.size(q, 0)
  H = torch.size(q, 1)
  D = torch.size(q, 2)
  V = torch.size(c, 2)
  G = H // V
  P = torch.size(c, 4) // D
  y = torch.permute(torch.view(y, [T, V, G, D]), [1, 2, 0, 3])
  q = torch.permute(torch.view(torch.mul(q, torch.pow(float(D), -0.5)), [T, V, G, D]), [1, 2, 0, 3])
  q = torch.reshape(q, [V, G * T, D])
  first = 0
  if window > 0:
    first = max(0, end - T + 1 - window) // P
    ahead = torch.narrow(ahead, 1, first * P, torch.size(ahead, 1) - first * P)
    bias = torch.narrow(bias, 2, first * P, torch.size(ahead, 1))
    bias = torch.contiguous(torch.masked_fill(bias, torch.le(ahead, -window), -inf))
  n = torch.size(ahead, 1)
  c = torch.narrow(torch.select(c, 1, row), 2, first, n // P)
  k = torch.unflatten(torch.select(c, 0, 0), 2, [D, P])
  v = torch.to(torch.flatten(torch.unflatten(torch.select(c, 0, 1), 2, [P, D]), 1, 2), q)
  if G * T < 64:
    s = torch.permute(torch.matmul(torch.unsqueeze(q, 1), torch.to(k, q)), [0, 2, 1, 3])
    s = torch.add(torch.reshape(s, [V, G * T, n]), bias)
    o = torch.matmul(torch.to(torch.softmax(s, -1), q), v)
    _0 = torch.copy_(y, torch.view(o, [V, G, T, D]))
  else: # one product of a head pays for putting its blocks side by side
    k = torch.reshape(torch.to(torch.permute(k, [0, 2, 1, 3]), q, memory_format=0), [V, D, n])
    _1 = __torch__.attend_heads(q, k, v, bias, y)
  return 0

# Keys and values kv (T, 2 kv heads, D) of one row, from position start on, go to a layer's cache c.
def write_group(kv: Tensor, c: Tensor, row: int, start: int) -> int:
  T = torch.size(kv, 0)
  D = torch.size(kv, 2)
  P = torch.size(c, 4) // D
  k, v = torch.chunk(kv, 2, 1)
  keys = torch.unflatten(torch.select(torch.select(c, 0, 0), 0, row), 2, [D, P])
  values = torch.flatten(torch.unflatten(torch.select(torch.select(c, 0, 1), 0, row), 2, [P, D]), 1, 2)
  _0 = torch.copy_(torch.narrow(values, 1, start, T), torch.transpose(v, 0, 1))
  at = start
  while at < start + T:
    n = min(start + T - at, P - at % P)
    block = torch.narrow(torch.select(keys, 1, at // P), 2, at % P, n)
    _1 = torch.copy_(block, torch.permute(torch.narrow(k, 0, at - start, n), [1, 2, 0]))
    at = at + n
  return 0

# Keys and values kv (N, 2 kv heads, D) of tokens that are alone in their rows go to their places in
# layer i's cache, and each query q (N, heads, D) attends to what its row holds then: (N, heads * D).
def attend_alone(q: Tensor, kv: Tensor, cache: List[Tensor], i: int, plan: List[Tensor], window: int, dense: bool) -> Tensor:
  kv = torch.to(torch.reshape(kv, [-1]), cache[0])
  if ops.prim.dtype(kv) == 6:
    _0 = torch.scatter_(cache[4 * i], 0, plan[9], kv)
  else: # of other types scatter_ copies the whole
    _1 = torch.index_put_(cache[4 * i], annotate(List[Optional[Tensor]], [plan[9]]), kv)
  if dense:
    y = __torch__.attend_dense(q, cache, i, plan, window)
  else:
    y = __torch__.attend_one(q, cache, i, plan, window)
  return y

# The same of any tokens, qkv (N, heads + 2 kv heads, D). Which way a row is computed depends on its own
# number of tokens, so none depends on others.
# window: positions a token sees, its own included, 0 for all; dense: as products of matrices.
def attend(qkv: Tensor, cache: List[Tensor], i: int, groups: List[int], at: List[int], plan: List[Tensor], window: int, dense: bool) -> Tensor:
  V = torch.size(cache[3], 2)
  H = torch.size(qkv, 1) - 2 * V
  q, kv = torch.split_with_sizes(qkv, [H, 2 * V], 1)
  if 2 * torch.size(qkv, 0) == len(groups):
    y = __torch__.attend_alone(q, kv, cache, i, plan, window, dense)
  else:
    y = torch.empty_like(q, memory_format=0)
    next = 0
    if torch.dim(plan[0]) == 1: # some are alone
      next = 10
      one = __torch__.attend_alone(torch.index_select(q, 0, plan[0]), torch.index_select(kv, 0, plan[0]), cache, i, plan, window, dense)
      _2 = torch.index_copy_(y, 0, plan[0], torch.view(one, [-1, H, torch.size(q, 2)]))
    for g in range(len(groups) // 2):
      first = groups[2 * g]
      T = groups[2 * g + 1]
      if T > 1:
        c = cache[4 * i + 3]
        _3 = __torch__.write_group(torch.narrow(kv, 0, first, T), c, at[2 * g], at[2 * g + 1])
        _4 = __torch__.attend_group(torch.narrow(q, 0, first, T), c, at[2 * g], at[2 * g + 1] + T, window, plan[next], plan[next + 1], torch.narrow(y, 0, first, T))
        next = next + 2
    y = torch.flatten(y, 1, -1)
  return y

# RMSNorm (Zhang and Sennrich 2019) in fewer passes than torch.rms_norm. weight: times the square root
# of the width; floor: the square root of width times eps.
def rms_norm(x: Tensor, weight: Tensor, floor: Tensor) -> Tensor:
  size = torch.hypot(torch.linalg_vector_norm(x, 2, [1], True), floor)
  return torch.mul_(torch.div(x, size), weight)

# Transcendental functions take the last few elements of an array by another routine than the rest;
# rows are filled up to whole vectors, so that none depends on how many there are.
def activate(x: Tensor, kind: str) -> Tensor:
  W = torch.size(x, 1)
  if kind == "relu":
    y = torch.relu(x)
  else:
    if W % 64 != 0:
      x = torch.constant_pad_nd(x, [0, 64 - W % 64])
    if kind == "gelu":
      y = torch.gelu(x)
    elif kind == "gelu_tanh":
      y = torch.gelu(x, approximate="tanh")
    else:
      y = torch.silu(x)
    if W % 64 != 0:
      y = torch.narrow(y, 1, 0, W)
  return y

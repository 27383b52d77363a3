-- Take one token from every bucket of a call, or from none, and mark the channel as having a call in flight.
-- KEYS: this request, call in flight, who waits for the shared bucket, then the holds, then the buckets (all of one
--       workspace)
-- ARGV: id of the call, how long the call may be in flight (ms; 0 = it need not be alone), number of holds,
--       the tenant ('' = it takes no turns) and which bucket it shares with others, the grace of who waits (us),
--       then period (us) and burst of each bucket
-- Answers {1, 0, 0}: go; {0, wait in us, position of the key that holds it up}.
-- A request id is charged once, unless another call has drawn on its first bucket since: then it is no longer its turn.
-- Tenants take turns in the shared bucket: who has waited longer goes first (the reference is core/budget/rounds.py).
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local id, flight, holds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local tenant, shared, grace = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local wait, blocker = 0, 0
local SPARE = 60000000 -- what is further ahead than a bucket can owe is not waited for: `owed` of core/budget/gcra.py

local function delay(us, position)
  if us > wait then wait, blocker = us, position end
end

local holder = redis.call('GET', KEYS[2])
if flight > 0 and holder and holder ~= id then
  -- It ends long before its lease does, as a rule: look again soon.
  delay(math.min(math.max(1, redis.call('PTTL', KEYS[2])), 200) * 1000, 2)
end
for index = 4, 3 + holds do
  local left = redis.call('PTTL', KEYS[index])
  if left > 0 then delay(left * 1000, index) end
end

-- Since when the tenant waits for the shared bucket, and how many have waited longer.
local function line()
  local noted, since, others = redis.call('HGETALL', KEYS[3]), now, {}
  for place = 1, #noted, 2 do
    local from, back = string.match(noted[place + 1], '(%d+):(%d+)')
    if noted[place] == tenant then
      since = tonumber(from)
    elseif tonumber(back) + grace >= now then
      others[#others + 1] = tonumber(from)
    end
  end
  local before = 0
  for _, from in ipairs(others) do
    if from < since then before = before + 1 end
  end
  return since, before
end

local first = 4 + holds
local mark = redis.call('GET', KEYS[1])
local charged = mark and (#KEYS < first or mark == redis.call('GET', KEYS[first]))
local arrivals, turn = {}, 0
for index = first, #KEYS do
  local bucket = index - first + 1
  local period, burst = tonumber(ARGV[5 + 2 * bucket]), tonumber(ARGV[6 + 2 * bucket])
  local base = math.max(tonumber(redis.call('GET', KEYS[index]) or now), now)
  if base > now + 2 * period * (burst + 1) + SPARE then base = now + period * (burst - 1) end
  if not charged then
    local before = 0
    if tenant ~= '' and bucket == shared then
      turn, before = line()
    end
    delay(base + period * (before + 1 - burst) - now, index)
  end
  arrivals[index] = base + period
end

if wait > 0 then
  if blocker == first - 1 + shared and turn > 0 then
    redis.call('HSET', KEYS[3], tenant, string.format('%.0f:%.0f', turn, now + wait))
    redis.call('PEXPIRE', KEYS[3], math.ceil((wait + grace) / 1000) + 60000)
  elseif turn > 0 and turn < now then
    redis.call('HDEL', KEYS[3], tenant)
  end
  return {0, wait, blocker}
end

-- What is written is small, and is written also while Redis is full: a write that needs no memory comes first.
if not charged then redis.call('DEL', KEYS[1]) elseif flight > 0 then redis.call('DEL', KEYS[2]) end
if turn > 0 then redis.call('HDEL', KEYS[3], tenant) end
if not charged then
  for index, arrival in pairs(arrivals) do
    local life = math.max(1, math.ceil((arrival - now) / 1000))
    redis.call('SET', KEYS[index], string.format('%.0f', arrival), 'PX', life)
  end
  redis.call('SET', KEYS[1], redis.call('GET', KEYS[first] or KEYS[1]) or '1', 'PX', 60000)
end
if flight > 0 then redis.call('SET', KEYS[2], id, 'PX', flight) end
return {1, 0, 0}

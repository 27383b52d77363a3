-- Take one token from every bucket of a call, or from none, and mark the channel as having a call in flight.
-- KEYS: this request, call in flight, then the holds, then the buckets (all of one workspace)
-- ARGV: id of the call, how long the call may be in flight (ms; 0 = it need not be alone), number of holds,
--       then period (us) and burst of each bucket
-- Answers {1, 0, 0}: go; {0, wait in us, position of the key that holds it up}.
-- A request id is charged once, unless another call has drawn on its first bucket since: then it is no longer its turn.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local id, flight, holds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local wait, blocker = 0, 0

local function delay(us, position)
  if us > wait then wait, blocker = us, position end
end

local holder = redis.call('GET', KEYS[2])
if flight > 0 and holder and holder ~= id then
  -- It ends long before its lease does, as a rule: look again soon.
  delay(math.min(math.max(1, redis.call('PTTL', KEYS[2])), 200) * 1000, 2)
end
for index = 3, 2 + holds do
  local left = redis.call('PTTL', KEYS[index])
  if left > 0 then delay(left * 1000, index) end
end

local first = 3 + holds
local mark = redis.call('GET', KEYS[1])
local charged = mark and (#KEYS < first or mark == redis.call('GET', KEYS[first]))
local arrivals = {}
for index = 3 + holds, #KEYS do
  local bucket = index - 2 - holds
  local period, burst = tonumber(ARGV[2 + 2 * bucket]), tonumber(ARGV[3 + 2 * bucket])
  local arrival = math.max(tonumber(redis.call('GET', KEYS[index]) or now), now) + period
  if not charged then delay(arrival - period * burst - now, index) end
  arrivals[index] = arrival
end
if wait > 0 then return {0, wait, blocker} end

-- What is written is small, and is written also while Redis is full: a write that needs no memory comes first.
if not charged then redis.call('DEL', KEYS[1]) elseif flight > 0 then redis.call('DEL', KEYS[2]) end
if not charged then
  for index, arrival in pairs(arrivals) do
    local life = math.max(1, math.ceil((arrival - now) / 1000))
    redis.call('SET', KEYS[index], string.format('%.0f', arrival), 'PX', life)
  end
  redis.call('SET', KEYS[1], redis.call('GET', KEYS[first] or KEYS[1]) or '1', 'PX', 60000)
end
if flight > 0 then redis.call('SET', KEYS[2], id, 'PX', flight) end
return {1, 0, 0}

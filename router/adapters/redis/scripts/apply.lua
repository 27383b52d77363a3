-- Store one transition of one alert group, whole or not at all.
-- KEYS: epoch, active version, group, due, books, outbox, index of what fires, what the tenant has stored, its closed
--       groups by the time they expire, the marks of its groups, the tenant's hold, everybody's, then one key a lane;
--       of a digest, what it counts; with sources their list, then for each key the sources and who awaits their end;
--       with a listing the listed groups by when they are none any more, all members, and those of each group; with an
--       episode that ended those of each group, and when the last one of each did; with counts a metric's series each
-- ARGV[1]: the plan as JSON (see router/adapters/redis/plan.py)
-- Answers: {ok, when the tenant has work next in ms or ''} | {conflict} (rev moved on) | {reload} (another
--          configuration is active) | {rebuild} (no epoch: data was lost) | {held} (it begins a call, and sending is on
--          hold, or lost data is not put together yet) | {full} (more than the plan's caps)
local plan = cjson.decode(ARGV[1])
local epoch, active, group, due, books, outbox, where, size, closed, marks = unpack(KEYS, 1, 10)
local MOST_ALERTS, MOST_GROUPS = 100000, 8
local MARKS_LIFE_MS = 300000 -- longer than anybody remembers a body

local proof = redis.call('GET', epoch)
if not proof then return {'rebuild'} end
if plan.config ~= '' and redis.call('GET', active) ~= plan.config then return {'reload'} end
if plan.begins_call and (string.sub(proof, 1, 1) == '?' or redis.call('EXISTS', KEYS[11], KEYS[12]) > 0) then
  return {'held'}
end
if (redis.call('HGET', group, 'rev') or '') ~= plan.rev then return {'conflict'} end
-- A Redis that is full refuses a script by its first write, and lets those be made that follow one that needs no memory.
if plan.any_case then redis.call('HDEL', group, '') end

-- What is stored: each group notes in its field `size` what was counted for it, so that the sums stay true whatever
-- happened in between: bytes, alerts that fire, 1 while it is not closed, and how it stands among the closed ones.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', closed, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('HINCRBY', size, 'bytes', -tonumber(string.match(gone, ':(%d+):')))
  redis.call('ZREM', closed, gone)
end

local counted, written, entry = {bytes = 0, alerts = 0, groups = 0}, 0, ''
local noted = redis.call('HGET', group, 'size')
if noted then
  local bytes, alerts, groups, listed = string.match(noted, '^(%d+) (%d+) (%d) (.*)$')
  counted = {bytes = tonumber(bytes), alerts = tonumber(alerts), groups = tonumber(groups)}
  written, entry = counted.bytes, listed
elseif plan.rev ~= '' then
  for _, part in ipairs(redis.call('HGETALL', group)) do written = written + #part end
end
for index = 1, #plan.set, 2 do
  local before = redis.call('HSTRLEN', group, plan.set[index])
  written = written + #plan.set[index + 1] - before
  if before == 0 then written = written + #plan.set[index] end
end
for _, field in ipairs(plan.del) do
  local before = redis.call('HSTRLEN', group, field)
  if before > 0 then written = written - before - #field end
end
local open = 1
if plan.ttl ~= '' then open = 0 end
local grown = {bytes = written - counted.bytes, alerts = plan.firing - counted.alerts, groups = open - counted.groups}
for name, most in pairs(plan.caps) do
  if grown[name] > 0 and tonumber(redis.call('HGET', size, name) or 0) + grown[name] > most then return {'full'} end
end
for name, by in pairs(grown) do
  if by ~= 0 then redis.call('HINCRBY', size, name, by) end
end
if plan.parked ~= 0 then redis.call('HINCRBY', size, 'parked', plan.parked) end
if entry ~= '' then redis.call('ZREM', closed, entry) end
entry = ''
if open == 0 then
  -- A little later than the key expires, so that nothing is taken off that is still there.
  local at = string.format('%.0f', now + tonumber(plan.ttl) + 5)
  entry = plan.id .. ':' .. string.format('%.0f', written) .. ':' .. at
  redis.call('ZADD', closed, at, entry)
end
redis.call('HSET', group, 'size', string.format('%.0f %d %d %s', written, plan.firing, open, entry))

for start = 1, #plan.set, 1000 do
  redis.call('HSET', group, unpack(plan.set, start, math.min(start + 999, #plan.set)))
end
for start = 1, #plan.del, 1000 do
  redis.call('HDEL', group, unpack(plan.del, start, math.min(start + 999, #plan.del)))
end
if plan.ttl ~= '' then
  redis.call('PEXPIRE', group, plan.ttl)
else
  redis.call('PERSIST', group)
end

if plan.shares then
  if plan.absorbing ~= 0 then redis.call('HINCRBY', size, 'absorbing', plan.absorbing) end
  local shares = KEYS[13 + #plan.lanes]
  for start = 1, #plan.shares.set, 1000 do
    redis.call('HSET', shares, unpack(plan.shares.set, start, math.min(start + 999, #plan.shares.set)))
  end
  for start = 1, #plan.shares.del, 1000 do
    redis.call('HDEL', shares, unpack(plan.shares.del, start, math.min(start + 999, #plan.shares.del)))
  end
  if plan.ttl ~= '' then redis.call('PEXPIRE', shares, plan.ttl) else redis.call('PERSIST', shares) end
end

-- Whoever remembers what a body came to in this group is to forget it, unless it is the one that was folded last.
if plan.body == '' or redis.call('HGET', group, 'body') ~= plan.body then
  local micros = clock[1] % 4000 * 1000000 + clock[2]
  redis.call('SETRANGE', marks, plan.mark, string.format('%08x', micros))
  redis.call('PEXPIRE', marks, MARKS_LIFE_MS)
  if plan.body ~= '' then redis.call('HSET', group, 'body', plan.body) end
end

-- The index: alert -> the ids of the groups in which it fires, with a blank between them.
for _, alert in ipairs(plan.fires) do
  local known = redis.call('HGET', where, alert)
  if not known then
    if redis.call('HLEN', where) < MOST_ALERTS then redis.call('HSET', where, alert, plan.id) end
  elseif not string.find(known, plan.id, 1, true) and #known < MOST_GROUPS * (#plan.id + 1) - 1 then
    redis.call('HSET', where, alert, known .. ' ' .. plan.id)
  end
end
for _, alert in ipairs(plan.ended) do
  local left = {}
  for id in string.gmatch(redis.call('HGET', where, alert) or '', '%S+') do
    if id ~= plan.id then left[#left + 1] = id end
  end
  if #left > 0 then
    redis.call('HSET', where, alert, table.concat(left, ' '))
  else
    redis.call('HDEL', where, alert)
  end
end
-- Where nothing else is left, nothing has a name.
if #plan.ended > 0 and redis.call('HLEN', where) == 1 then redis.call('HDEL', where, '~') end

if plan.leaves_due then
  redis.call('ZADD', due, 'NX', plan.at, plan.id)
elseif plan.at ~= '' then
  redis.call('ZADD', due, plan.at, plan.id)
else
  redis.call('ZREM', due, plan.id)
end

for index, lane in ipairs(plan.lanes) do
  local key = KEYS[12 + index]
  if lane.score ~= '' then redis.call('ZADD', key, lane.score, plan.id) else redis.call('ZREM', key, plan.id) end
  if redis.call('ZCARD', key) == 0 then
    redis.call('ZREM', due, lane.member)
  elseif lane.at ~= '' then
    redis.call('ZADD', due, lane.at, lane.member)
  else
    redis.call('ZADD', due, 'NX', plan.now, lane.member)
  end
end

-- Alerts that inhibit others, under each of their keys by until when they count. Whoever awaits the end of the last one
-- is due then; one that comes too late for that is so at once.
local place = 12 + #plan.lanes
if plan.shares then place = place + 1 end
for index, one in ipairs(plan.sources or {}) do
  local listed, sources, awaiting = KEYS[place + 1], KEYS[place + 2 * index], KEYS[place + 2 * index + 1]
  for start = 1, #one.until_ms, 1000 do
    redis.call('ZADD', sources, unpack(one.until_ms, start, math.min(start + 999, #one.until_ms)))
  end
  for start = 1, #one.ended, 1000 do
    redis.call('ZREM', sources, unpack(one.ended, start, math.min(start + 999, #one.ended)))
  end
  redis.call('ZREMRANGEBYSCORE', sources, '-inf', plan.now)
  local last = redis.call('ZRANGE', sources, -1, -1, 'WITHSCORES')[2]
  if one.awaits then redis.call('SADD', awaiting, plan.id) end
  redis.call('ZREMRANGEBYSCORE', listed, '-inf', plan.now)
  if last then
    redis.call('ZADD', listed, last, one.key)
    redis.call('PEXPIREAT', listed, redis.call('ZRANGE', listed, -1, -1, 'WITHSCORES')[2])
    redis.call('PEXPIREAT', sources, last)
    redis.call('PEXPIREAT', awaiting, last)
  else
    redis.call('ZREM', listed, one.key)
    -- While the tenant changes over there may be sources under its other key: whoever waits, waits there from now on.
    local twin, left = place + 2 * (one.twin or 0), nil
    if one.twin then left = redis.call('ZREVRANGEBYSCORE', KEYS[twin], '+inf', '(' .. plan.now, 'WITHSCORES')[2] end
    for _, id in ipairs(redis.call('SMEMBERS', awaiting)) do
      if left then redis.call('SADD', KEYS[twin + 1], id) else redis.call('ZADD', due, 'XX', plan.now, id) end
    end
    if left then redis.call('PEXPIREAT', KEYS[twin + 1], left) end
    redis.call('DEL', awaiting)
  end
end

-- What the messages of others may name of this group. Those that are listed no longer go with it.
if plan.sources then place = place + 1 + 2 * #plan.sources end
if plan.listing then
  local listed, by, of = unpack(KEYS, place + 1, place + 3)
  local gone = redis.call('ZRANGEBYSCORE', listed, '-inf', plan.now, 'LIMIT', 0, 100)
  gone[#gone + 1] = plan.id
  for _, id in ipairs(gone) do
    for member in string.gmatch(redis.call('HGET', of, id) or '', '[^\n]+') do redis.call('ZREM', by, member) end
    redis.call('HDEL', of, id)
    redis.call('ZREM', listed, id)
  end
  local one = plan.listing
  if one.members ~= '' and redis.call('HLEN', of) < one.most then
    for member in string.gmatch(one.members, '[^\n]+') do redis.call('ZADD', by, 0, member) end
    redis.call('HSET', of, plan.id, one.members)
    redis.call('ZADD', listed, one['until'], plan.id)
    for _, key in ipairs({listed, by, of}) do
      if redis.call('PTTL', key) < one.life then redis.call('PEXPIRE', key, one.life) end
    end
  end
  place = place + 3
end

-- Its episodes, the newest first: one that starts soon after the last has ended goes on with that.
if plan.episode then
  local episodes, ended, one = KEYS[place + 1], KEYS[place + 2], plan.episode
  local known = redis.call('HGET', episodes, plan.id) or ''
  local start, stop, older = string.match(known, '^(%d+)%-(%d+) ?(.*)$')
  if start and one.start <= stop + one.within then
    one.start, one.stop, known = tonumber(start), math.max(tonumber(stop), one.stop), older
  end
  local kept = {string.format('%.0f-%.0f', one.start, one.stop)}
  for each in string.gmatch(known, '%S+') do
    if #kept < one.most then kept[#kept + 1] = each end
  end
  redis.call('HSET', episodes, plan.id, table.concat(kept, ' '))
  redis.call('ZADD', ended, one.stop, plan.id)
  local gone = redis.call('ZRANGEBYSCORE', ended, '-inf', one.oldest, 'LIMIT', 0, 100)
  if #gone == 0 and redis.call('ZCARD', ended) > one.most_groups then gone = redis.call('ZRANGE', ended, 0, 0) end
  for _, id in ipairs(gone) do
    redis.call('HDEL', episodes, id)
    redis.call('ZREM', ended, id)
  end
  redis.call('PEXPIRE', episodes, one.life)
  redis.call('PEXPIRE', ended, one.life)
  place = place + 2
end

-- What the tenant counts: each series a list of sums. Those beyond the most count together.
for index, one in ipairs(plan.counts or {}) do
  local counts = KEYS[place + index]
  for number, series in ipairs(one.series) do
    local known = redis.call('HGET', counts, series)
    if not known and redis.call('HLEN', counts) >= plan.most_series then
      series = one.other
      known = redis.call('HGET', counts, series)
    end
    local sums = {}
    for sum in string.gmatch(known or '', '%S+') do sums[#sums + 1] = tonumber(sum) end
    for part, more in ipairs(one.more[number]) do sums[part] = string.format('%.17g', (sums[part] or 0) + more) end
    redis.call('HSET', counts, series, table.concat(sums, ' '))
  end
  redis.call('PEXPIRE', counts, plan.counts_life)
end

for index = 1, #plan.books, 2 do
  redis.call('HINCRBY', books, plan.books[index], plan.books[index + 1])
end
-- While Kafka takes no events the oldest make room: the newest of a group is what its readers keep. Each has its number
-- among the tenant's, written into it, so that readers notice what they lack; its life is when the counting began.
for index = 1, #plan.events, 2 do
  if redis.call('XLEN', outbox) >= plan.most_events then redis.call('HINCRBY', books, 'events_dropped', 1) end
  local number = redis.call('HINCRBY', size, 'events', 1)
  if number == 1 then
    redis.call('HSET', size, 'events_since', string.format('%.0f', clock[1] * 1000000 + clock[2]))
  end
  local life = redis.call('HGET', size, 'events_since')
  local numbered = string.format(',"numbered":{"life":%s,"number":%d}}', life, number)
  local event = string.sub(plan.events[index + 1], 1, -2) .. numbered
  redis.call('XADD', outbox, 'MAXLEN', plan.most_events, '*', 'key', plan.events[index], 'event', event)
end
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
return {'ok', first[2] or ''}

-- Store one transition of one alert group, whole or not at all.
-- KEYS: epoch, active version, group, due, books, outbox, index of what fires, then one key a lane
-- ARGV[1]: the plan as JSON (see router/adapters/redis/plan.py)
-- Answers: ok | conflict (rev moved on) | reload (another configuration is active) | rebuild (no epoch: data was lost)
local plan = cjson.decode(ARGV[1])
local epoch, active, group, due, books, outbox, where = unpack(KEYS, 1, 7)
local MOST_ALERTS, MOST_GROUPS = 100000, 8

if redis.call('EXISTS', epoch) == 0 then return 'rebuild' end
if plan.config ~= '' and redis.call('GET', active) ~= plan.config then return 'reload' end
if (redis.call('HGET', group, 'rev') or '') ~= plan.rev then return 'conflict' end

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

if plan.at ~= '' then
  redis.call('ZADD', due, plan.at, plan.id)
else
  redis.call('ZREM', due, plan.id)
end

for index, lane in ipairs(plan.lanes) do
  local key = KEYS[7 + index]
  if lane.score ~= '' then redis.call('ZADD', key, lane.score, plan.id) else redis.call('ZREM', key, plan.id) end
  if redis.call('ZCARD', key) == 0 then
    redis.call('ZREM', due, lane.member)
  elseif lane.at ~= '' then
    redis.call('ZADD', due, lane.at, lane.member)
  else
    redis.call('ZADD', due, 'NX', plan.now, lane.member)
  end
end

for index = 1, #plan.books, 2 do
  redis.call('HINCRBY', books, plan.books[index], plan.books[index + 1])
end
for index = 1, #plan.events, 2 do
  redis.call('XADD', outbox, '*', 'key', plan.events[index], 'event', plan.events[index + 1])
end
return 'ok'

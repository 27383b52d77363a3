-- Store one transition of one alert group, whole or not at all.
-- KEYS: epoch, active version, group, due, books, outbox, then one key a lane
-- ARGV[1]: the plan as JSON (see router/adapters/redis/plan.py)
-- Answers: ok | conflict (rev moved on) | reload (another configuration is active) | rebuild (no epoch: data was lost)
local plan = cjson.decode(ARGV[1])
local epoch, active, group, due, books, outbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

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

if plan.at ~= '' then
  redis.call('ZADD', due, plan.at, plan.id)
else
  redis.call('ZREM', due, plan.id)
end

for index, lane in ipairs(plan.lanes) do
  local key = KEYS[6 + index]
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

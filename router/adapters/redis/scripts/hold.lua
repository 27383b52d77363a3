-- Sending for a tenant is on hold from now on, or no longer; stored with its event, also while Redis is full.
-- KEYS: the hold, the tenant's active version, its outbox, its books, and one of its slot that is never there
-- ARGV: since when it is on hold ("" = no longer), key and body of the event, and how many events wait at most
-- Answers 1; 0 where that held already, or there is no such tenant.
redis.call('DEL', KEYS[5])
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
if ARGV[1] ~= '' then
  if not redis.call('SET', KEYS[1], ARGV[1], 'NX') then return 0 end
elseif redis.call('DEL', KEYS[1]) == 0 then
  return 0
end
if redis.call('XLEN', KEYS[3]) >= tonumber(ARGV[4]) then redis.call('HINCRBY', KEYS[4], 'events_dropped', 1) end
redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[4], '*', 'key', ARGV[2], 'event', ARGV[3])
return 1

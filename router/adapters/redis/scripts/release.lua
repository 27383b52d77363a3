-- The call in flight has ended: free the channel, if it is still this call that holds it, and let its interval begin
-- again: Slack counts from when a call arrived, which was at the latest now.
-- KEYS: call in flight, the channel's bucket. ARGV: id of the call, period of the bucket (us; 0 = it has none)
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
local period = tonumber(ARGV[2])
if period == 0 then return 1 end
local clock = redis.call('TIME')
local arrival = clock[1] * 1000000 + clock[2] + period
if tonumber(redis.call('GET', KEYS[2]) or 0) < arrival then
  redis.call('SET', KEYS[2], string.format('%.0f', arrival), 'PX', math.max(1, math.ceil(period / 1000)))
end
return 1

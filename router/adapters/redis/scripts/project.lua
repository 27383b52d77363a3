-- What the record wants of a tenant comes to Redis: of a generation that is not older than what is there, and only onto
-- what was projected last. What somebody else has written is left as it is.
-- KEYS: the tenant's fence, its active version, its epoch, its secrets, when its versions were applied, where they come
-- from, their signatures
-- ARGV: generation; how keys of documents begin; version (0: none), its text, when it was applied, its origin, its
-- signature; the epoch if there is none; how many versions are kept; then names and texts of the secrets
-- Without a version and with "accept" as its text: what is there counts as projected from now on, whoever wrote it, and
-- any generation may replace it.
-- Answers `stored`, `same` (that generation was), `newer` (a newer one was) or `drift`.
local function fingerprint()
  local version = redis.call('GET', KEYS[2])
  local parts = {version or '', version and redis.call('GET', ARGV[2] .. version) or ''}
  local fields, names, texts = redis.call('HGETALL', KEYS[4]), {}, {}
  for i = 1, #fields, 2 do
    names[#names + 1] = fields[i]
    texts[fields[i]] = fields[i + 1]
  end
  table.sort(names)
  for _, name in ipairs(names) do
    parts[#parts + 1] = name
    parts[#parts + 1] = texts[name]
  end
  if not version and #names == 0 then return '' end
  for i, part in ipairs(parts) do parts[i] = #part .. ':' .. part end
  return redis.sha1hex(table.concat(parts))
end

local there = fingerprint()
if ARGV[4] == 'accept' then
  redis.call('HSET', KEYS[1], 'print', there)
  redis.call('HDEL', KEYS[1], 'past', 'generation')
  return 'stored'
end
local known = redis.call('HMGET', KEYS[1], 'generation', 'print')
local generation = tonumber(known[1] or 0)
if there ~= '' and there ~= known[2] then return 'drift' end
if there == '' and known[2] and known[2] ~= '' then generation = 0 end -- it was lost, the fence was not
if generation > tonumber(ARGV[1]) then return 'newer' end
if generation == tonumber(ARGV[1]) then return 'same' end

redis.call('DEL', KEYS[4])
for i = 10, #ARGV, 2 do redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1]) end
local version = tonumber(ARGV[3])
if version > 0 then
  redis.call('SETNX', KEYS[3], ARGV[8])
  redis.call('SET', ARGV[2] .. ARGV[3], ARGV[4])
  redis.call('SET', KEYS[2], ARGV[3])
  local forgotten = tostring(version - tonumber(ARGV[9]))
  redis.call('DEL', ARGV[2] .. forgotten)
  for i = 5, 7 do
    if ARGV[i] ~= '' then redis.call('HSET', KEYS[i], ARGV[3], ARGV[i]) else redis.call('HDEL', KEYS[i], ARGV[3]) end
    redis.call('HDEL', KEYS[i], forgotten)
  end
end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'print', fingerprint())
return 'stored'

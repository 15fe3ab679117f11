import { type LuaScript, luaScript } from "../lua-script.ts";

/** The share of the concurrency, and of the rate, that status checks may take. */
export const defaultStatusShare = 0.2;

/** A participant that was silent for so long is taken for dead, and its share goes to the others. */
export const silentMs = 3_000;

/** For so long after the state was made anew nobody gets more than it says it holds: until all have said so. */
export const settleMs = 1_200;

/**
 * One beat of one participant: it says what it holds and wants, and hears what it may hold and which limits are in force.
 *
 * KEYS  1 state (hash)  2 participants (hash: id → "seenAt held want role")  3, 4 bottleneck's settings of the main and
 *       the status pace
 * ARGV  1 id  2 role: send or status  3 op: beat, configure or leave  4 granted  5 in use  6 wanted
 *       7..11 what it knows: version, tps ("" = not limited), concurrency, factor, changedAt
 *       12, 13 the paces' ms per slot by that knowledge  14 channel  15 when the last storm was, as it knows
 * Reply now, createdAt, version, tps, concurrency, factor, changedAt, notBefore, grant, live participants that want
 *       something, "1" when another one waits for what this one has to give back, when the last storm was
 *
 * Promise: the sum of what the live participants hold, as they and this script know it, never exceeds the limit,
 * because a grant is at most what the others do not hold. A lowered participant counts with what it still has in use.
 */
export const beatScript = (statusShare: number): LuaScript =>
  luaScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local nowText = string.format('%.3f', tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000)
local text = function (number) return string.format('%.0f', number) end
local stateKey, liveKey = KEYS[1], KEYS[2]
local id, role, op = ARGV[1], ARGV[2], ARGV[3]
local granted, inUse, want = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local channel = ARGV[14]

if op == 'leave' then
  redis.call('HDEL', liveKey, id)
  redis.call('PUBLISH', channel, 'free')
  return {}
end

local state = redis.call('HMGET', stateKey, 'createdAt', 'beatAt', 'version', 'tps', 'concurrency', 'factor', 'changedAt', 'notBefore', 'stormAt')
local createdAt, beatAt = tonumber(state[1]), tonumber(state[2])
local version, tps, concurrency, factor, changedAt = state[3], state[4], state[5], state[6], state[7]
local notBefore = state[8] or '0'
local stormAt = state[9] or '0'

-- Nothing there (first use, FLUSHALL), or nobody was heard for so long that what stands there is from before an outage.
if not createdAt or math.abs(now - (beatAt or 0)) > ${silentMs} then
  redis.call('DEL', liveKey)
  createdAt = now
  if (beatAt or 0) > now then
    -- Redis's clock was set back. What was written in the future would hold everything up until then.
    redis.call('DEL', KEYS[3], KEYS[4])
    notBefore = '0'
    redis.call('HDEL', stateKey, 'notBefore')
    if changedAt and tonumber(changedAt) > now then changedAt = text(now) end
    if tonumber(stormAt) > now then stormAt = text(now) end
  end
end

if op == 'configure' or not version or tonumber(ARGV[7]) > tonumber(version) then
  if op == 'configure' then
    if tps ~= ARGV[8] then factor = '1'; changedAt = '0'; stormAt = '0' end
    version = text(math.max(now, (tonumber(version) or 0) + 1))
  else
    version = ARGV[7]; factor = ARGV[10]; changedAt = ARGV[11]; stormAt = ARGV[15] or '0'
  end
  tps = ARGV[8]; concurrency = ARGV[9]
  redis.call('PUBLISH', channel, 'limits')
end
redis.call('HSET', stateKey, 'createdAt', text(createdAt), 'beatAt', text(now), 'version', version, 'tps', tps,
  'concurrency', concurrency, 'factor', factor, 'changedAt', changedAt, 'stormAt', stormAt)

local limit = tonumber(concurrency)
local senders, checkers, idle = {}, {}, {}
local others, sendWant, statusWant = 0, 0, 0
local held = {}
local mine = { id = id, want = want, target = 0, held = math.max(granted, inUse) }
local function place (one, its)
  if its == 'status' then
    if one.want > 0 then table.insert(checkers, one); statusWant = statusWant + one.want end
  elseif one.want > 0 then
    table.insert(senders, one); sendWant = sendWant + one.want
  else
    one.want = 1; table.insert(idle, one)
  end
end
place(mine, role)
local before, wantBefore = 0, 0
local entries = redis.call('HGETALL', liveKey)
for i = 1, #entries, 2 do
  local seenAt, has, wants, its = string.match(entries[i + 1], '^(%d+) (%d+) (%d+) (%a+)')
  if entries[i] == id then
    before, wantBefore = tonumber(has) or 0, tonumber(wants) or 0
  elseif not seenAt or now - tonumber(seenAt) > ${silentMs} then
    redis.call('HDEL', liveKey, entries[i])
  else
    local one = { id = entries[i], want = tonumber(wants), target = 0, held = tonumber(has) }
    others = others + one.held
    place(one, its)
  end
end

-- The rate climbs with time, and whoever beats writes it down, if what it knows is what holds.
if tps ~= '' and tps == ARGV[8] and factor == ARGV[10] and changedAt == ARGV[11] then
  for i = 3, 4 do
    local pace = redis.call('HGET', KEYS[i], 'minTime')
    if pace and pace ~= ARGV[9 + i] then redis.call('HSET', KEYS[i], 'minTime', ARGV[9 + i]) end
  end
end

-- Shares by want, smallest first, so that what one does not need goes to the rest; what nobody needs is spread too.
local function split (list, share, keeps)
  local count = #list
  if count == 0 or share <= 0 then return end
  if share < count then
    -- Too little for all. Among senders whoever has a place keeps it: a share that went round would take it away
    -- between a slot's lease and its time, and a sender without one takes no jobs, so nothing waits for its turn there.
    -- Among pollers it goes round, because each has checks of its own.
    table.sort(list, function (a, b)
      if keeps and (a.held > 0) ~= (b.held > 0) then return a.held > 0 end
      return a.id < b.id
    end)
    local first = keeps and 0 or math.floor(now / 4000) % count
    for i = 0, share - 1 do list[(first + i) % count + 1].target = 1 end
    return
  end
  table.sort(list, function (a, b) if a.want == b.want then return a.id < b.id end return a.want < b.want end)
  local rest, left = share, count
  for _, one in ipairs(list) do
    one.target = math.min(one.want, math.floor(rest / left))
    rest = rest - one.target
    left = left - 1
  end
  for i, one in ipairs(list) do
    one.target = one.target + math.floor(rest / count)
    if i > count - rest % count then one.target = one.target + 1 end
  end
end

local forStatus = math.min(statusWant, math.max(1, math.floor(limit * ${statusShare})))
if #checkers == 0 then forStatus = 0 end
if #checkers > 0 and #senders + #idle > 0 then
  -- One connection for both: a share of 0.2 is four seconds in twenty. More of them: one at least is the senders'.
  if limit > 1 then forStatus = math.min(forStatus, limit - 1)
  elseif (now / 4000) % ${Math.max(2, 1 / statusShare)} >= 1 then forStatus = 0 end
end
local forSend = limit - forStatus
local wanting = math.max(1, #senders + #checkers)
if forSend >= #senders + #idle or #senders == 0 then
  for _, one in ipairs(idle) do table.insert(senders, one) end
end
split(senders, forSend, true)
split(checkers, forStatus, false)

local grant = math.max(0, math.min(mine.target, limit - others))
if now - createdAt < ${settleMs} then grant = math.min(granted, math.max(0, limit - others)) end
-- A lowered one may start up to its old grant until it has heard of the new one.
local holds = math.max(grant, granted, inUse)
redis.call('HSET', liveKey, id, text(now) .. ' ' .. text(holds) .. ' ' .. text(want) .. ' ' .. role)

local starved = false
for _, list in ipairs({ senders, checkers }) do
  for _, one in ipairs(list) do
    if one.id ~= id and one.held < one.target then starved = true end
  end
end
if starved and holds < before then redis.call('PUBLISH', channel, 'free') end
-- Others have to give back first; have them look now and not at their next beat.
if grant < mine.target and wantBefore <= before then redis.call('PUBLISH', channel, 'want') end

return { nowText, text(createdAt), version, tps, concurrency, factor, changedAt, notBefore, text(grant),
  text(wanting), starved and '1' or '0', stormAt }
`);

/**
 * Lowers the rate, if it is still the one the caller computed from, and holds all starts for a while if the gateway asked
 * for it.
 *
 * KEYS  as for the beat, without 2
 * ARGV  1..3 tps, factor, changedAt as known  4 new factor ("" = unchanged)  5 new changedAt  6, 7 the paces' ms per
 *       slot  8 hold for this many ms (0 = no)  9 channel  10 when the last storm was
 */
export const slowDownScript = luaScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local state = redis.call('HMGET', KEYS[1], 'tps', 'factor', 'changedAt', 'notBefore')
local changed = false
if ARGV[4] ~= '' and state[1] == ARGV[1] and state[2] == ARGV[2] and state[3] == ARGV[3] then
  redis.call('HSET', KEYS[1], 'factor', ARGV[4], 'changedAt', ARGV[5], 'stormAt', ARGV[10])
  for i = 2, 3 do
    if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('HSET', KEYS[i], 'minTime', ARGV[4 + i]) end
  end
  changed = true
end
local notBefore = now + tonumber(ARGV[8])
if tonumber(ARGV[8]) > 0 and notBefore > (tonumber(state[4]) or 0) then
  redis.call('HSET', KEYS[1], 'notBefore', string.format('%.0f', notBefore))
  for i = 2, 3 do
    local free = redis.call('HGET', KEYS[i], 'nextRequest')
    if free and tonumber(free) < notBefore then redis.call('HSET', KEYS[i], 'nextRequest', string.format('%.0f', notBefore)) end
  end
  changed = true
end
if changed then redis.call('PUBLISH', ARGV[9], 'slower') end
return changed and 1 or 0
`);

-- The requests of compare.py. Arguments after `--`: the case, then a file with one post id per line, an author id and a tag id.

local counter = 0

function setup(thread)
  thread:set("thread_number", counter)
  counter = counter + 1
end

function init(args)
  math.randomseed(1000 + thread_number)
  ids = {}
  for line in io.lines(args[2]) do ids[#ids + 1] = line end
  local records = "/api/collections/posts/records"
  local json = { ["Content-Type"] = "application/json" }
  local sent = 0

  local cases = {
    view = function()
      return wrk.format("GET", records .. "/" .. ids[math.random(#ids)])
    end,
    list = function()
      return wrk.format("GET", records .. "?perPage=30&skipTotal=1")
    end,
    list_total = function()
      return wrk.format("GET", records .. "?perPage=30&skipTotal=0")
    end,
    filter = function()
      -- (status = "published" && views > N), newest first
      local query = "?perPage=30&skipTotal=1&sort=-created&filter=(status%3D%22published%22%26%26views%3E" .. math.random(0, 9000) .. ")"
      return wrk.format("GET", records .. query)
    end,
    update = function()
      local body = string.format('{"views":%d,"status":"published"}', math.random(0, 10000))
      return wrk.format("PATCH", records .. "/" .. ids[math.random(#ids)], json, body)
    end,
    create = function()
      sent = sent + 1
      local title = string.format("Post %d of thread %d", sent, thread_number)
      local body = string.format(
        '{"title":"%s","body":"%s","status":"published","views":%d,"author":"%s","tags":["%s"]}',
        title, string.rep("Some words of a post. ", 20), sent, args[3], args[4])
      return wrk.format("POST", records, json, body)
    end,
  }
  next_request = cases[args[1]] or error("unknown case " .. tostring(args[1]))
end

function request()
  return next_request()
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"max":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    e.status, e.connect + e.read + e.write + e.timeout))
end

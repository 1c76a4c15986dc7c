-- The requests of compare.py and growth.py. Arguments after `--`: the case, then a directory with the values that requests are made
-- of (a file for each name, one value per line), then `probe` to remember whether the first answer is what the case asks for.

local threads = {}

function setup(thread)
  thread:set("thread_number", #threads)
  threads[#threads + 1] = thread
end

-- What an answer must contain for a case, where a server may know the path and still not do the work.
local proofs = {
  relation = '"expand":{',
  auth_list = '"items":[{',
  auth_refresh = '"token":"eyJ',
}

local function remember_first(proof)
  response = function(status, headers, body)
    first, fits = status, body:find(proof, 1, true) ~= nil
    response = function() end
  end
end

function init(args)
  math.randomseed(1000 + thread_number)
  local values = setmetatable({}, { __index = function(all, name)
    local lines = {}
    for line in io.lines(args[2] .. "/" .. name) do lines[#lines + 1] = line end
    all[name] = lines
    return lines
  end })
  local function any(name)
    return values[name][math.random(#values[name])]
  end
  local records = "/api/collections/posts/records"
  local notes = "/api/collections/notes/records"
  local json = { ["Content-Type"] = "application/json" }
  local sent = 0

  local function post()
    sent = sent + 1
    local title = string.format("Post %d of thread %d", sent, thread_number)
    return string.format(
      '{"title":"%s","body":"%s","status":"published","views":%d,"author":"%s","tags":["%s"]}',
      title, string.rep("Some words of a post. ", 20), sent, values.authors[1], values.tags[1])
  end

  local cases = {
    view = function()
      return wrk.format("GET", records .. "/" .. any("posts"))
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
    relation = function()
      -- (author.name ~ "word" && tags.name ?= "name"), newest first
      local query = "?perPage=30&skipTotal=1&sort=-created&expand=author,tags&filter=(author.name~%22" .. any("author_words")
      return wrk.format("GET", records .. query .. "%22%26%26tags.name%3F%3D%22" .. any("tag_names") .. "%22)")
    end,
    auth_list = function()
      return wrk.format("GET", notes .. "?perPage=30&skipTotal=1", { Authorization = values.token[1] })
    end,
    auth_refresh = function()
      return wrk.format("POST", "/api/collections/users/auth-refresh", { Authorization = values.token[1] })
    end,
    update = function()
      local body = string.format('{"views":%d,"status":"published"}', math.random(0, 10000))
      return wrk.format("PATCH", records .. "/" .. any("posts"), json, body)
    end,
    create = function()
      return wrk.format("POST", records, json, post())
    end,
    rule_create = function()
      sent = sent + 1
      local headers = { ["Content-Type"] = "application/json", Authorization = values.token[1] }
      return wrk.format("POST", notes, headers, string.format('{"text":"Note %d","owner":"%s"}', sent, values.user[1]))
    end,
    batch = function()
      local requests = {}
      for number = 1, 50 do
        requests[number] = string.format('{"method":"POST","url":"%s","body":%s}', records, post())
      end
      return wrk.format("POST", "/api/batch", json, '{"requests":[' .. table.concat(requests, ",") .. "]}")
    end,
    paths = function()
      return wrk.format("GET", any("paths"))
    end,
  }
  cases.mixed = function()
    return math.random(10) == 1 and cases.update() or cases.view()
  end
  next_request = cases[args[1]] or error("unknown case " .. tostring(args[1]))
  if args[3] == "probe" then remember_first(proofs[args[1]] or "") end
end

function request()
  return next_request()
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"max":%d,"refused":%d,"broken":%d,"first":%d,"fits":%s}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    e.status, e.connect + e.read + e.write + e.timeout,
    threads[1]:get("first") or 0, tostring(threads[1]:get("fits") or false)))
end

-- The call tree of calls.kss.
local function node(depth)
    if depth == 0 then
        return 1
    end
    return node(depth - 1) + node(depth - 1)
end
assert(node(24) == 1 << 24)

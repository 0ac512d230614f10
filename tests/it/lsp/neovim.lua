-- Driven by neovim.rs: opens SKILL.md with `packwright lsp`, works on it as a person would, and writes down what it saw.
-- Runs on Neovim 0.7 and later.

local binary, root, answer = vim.env.PACKWRIGHT, vim.env.ROOT, vim.env.ANSWER
local seen = { version = tostring(vim.fn.has('nvim-0.11') == 1 and '0.11' or 'older') }

local function fail(words)
  io.stderr:write(words .. '\n')
  vim.cmd('cquit 1')
end

local function await(what, condition)
  if not vim.wait(60000, condition, 10) then
    fail('waited in vain for ' .. what)
  end
end

vim.cmd('edit ' .. root .. '/skills/pdf-tools/SKILL.md')
vim.bo.filetype = 'markdown'
local config = { name = 'packwright', cmd = { binary, 'lsp' }, root_dir = root }
local id
if vim.lsp.start then
  id = vim.lsp.start(config)
else
  id = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(0, id)
end
local client = function() return vim.lsp.get_client_by_id(id) end
await('the server', function() return client() ~= nil end)

local function codes()
  local found = {}
  for _, finding in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, finding.code or finding.user_data.lsp.code)
  end
  table.sort(found)
  return found
end
await('findings', function() return #codes() > 0 end)
seen.before = codes()

local function ask(method, row, column, more)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(0),
    position = { line = row, character = column },
  }
  for key, value in pairs(more or {}) do params[key] = value end
  for _, reply in pairs(vim.lsp.buf_request_sync(0, method, params, 60000) or fail('no answer to ' .. method)) do
    if reply.error then fail(method .. ': ' .. reply.error.message) end
    return reply.result
  end
  fail('no client answers ' .. method)
end

-- The quick fix under the cursor.
local here = { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 4 } }
local actions = ask('textDocument/codeAction', 1, 0, { range = here, context = { diagnostics = {}, only = { 'quickfix' } } })
seen.actions = {}
for _, action in ipairs(actions) do
  table.insert(seen.actions, action.title)
end
vim.lsp.util.apply_workspace_edit(actions[1].edit, client().offset_encoding)
await('the findings to go', function() return #codes() == 1 end)
seen.after = codes()

-- A line typed, with characters of more than one unit before the change.
vim.api.nvim_buf_set_lines(0, -1, -1, false, { 'Grüße 😀 [x](gone.md).' })
await('the new finding', function() return #codes() == 2 end)
vim.api.nvim_buf_set_text(0, vim.api.nvim_buf_line_count(0) - 1, 17, vim.api.nvim_buf_line_count(0) - 1, 21, { 'SKILL' })
await('the new finding to go', function() return #codes() == 1 end)

local row = vim.fn.search('references/forms.md', 'n') - 1
seen.hover = ask('textDocument/hover', row, 14).contents.value:match('%*%*(.-)%*%*')
seen.link = #ask('textDocument/documentLink', 0, 0)
local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
vim.api.nvim_buf_set_lines(0, 3, 3, false, { 'effort: ' })
seen.completed = {}
for _, item in ipairs(ask('textDocument/completion', 3, 8).items) do
  table.insert(seen.completed, item.label)
end
vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)

vim.cmd('write')
seen.written = vim.fn.join(vim.fn.readfile(root .. '/skills/pdf-tools/SKILL.md'), '\n')
vim.lsp.stop_client(id)
await('the server to end', function() return client() == nil end)
vim.fn.writefile({ vim.fn.json_encode(seen) }, answer)
vim.cmd('qall!')

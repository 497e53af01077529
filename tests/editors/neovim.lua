-- What someone sees who opens main.thrift: printed as JSON. Run with `nvim --headless -u init.lua -l neovim.lua`.
local PATIENCE = 30000

local function until_so(what, is_so)
  assert(vim.wait(PATIENCE, is_so, 50), what .. " never came")
end

vim.cmd.edit("main.thrift")
until_so("the findings", function() return #vim.diagnostic.get(0) > 0 end)
local codes = vim.tbl_map(function(found) return found.code end, vim.diagnostic.get(0))

local function ask(method, line, column)
  local params = { textDocument = vim.lsp.util.make_text_document_params(0), position = { line = line, character = column } }
  local _, answer = next(assert(vim.lsp.buf_request_sync(0, method, params, PATIENCE)))
  return answer.result
end

local hover = ask("textDocument/hover", 2, 13).contents.value
local items = ask("textDocument/completion", 6, 9)
local definition = ask("textDocument/definition", 6, 8)
local filetype = vim.bo.filetype

-- Mended as one types, and saved.
vim.api.nvim_buf_set_lines(0, 7, 8, false, { "      2:   string   again" })
until_so("the end of the findings", function() return #vim.diagnostic.get(0, { severity = "ERROR" }) == 0 end)
vim.cmd.write()

io.stdout:write(vim.json.encode({
  filetype = filetype,
  root = (vim.lsp.get_clients or vim.lsp.get_active_clients)({ bufnr = 0 })[1].config.root_dir or vim.NIL,
  codes = codes,
  hover = hover,
  completion = vim.tbl_map(function(item) return item.label end, items.items or items),
  defined_on_line = (definition[1].targetSelectionRange or definition[1].range).start.line + 1,
  saved = table.concat(vim.fn.readfile("main.thrift"), "\n"),
}), "\n")

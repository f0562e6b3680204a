// Any method on /json: a function as wasm-workers-server runs them. The request arrives on standard
// input as one JSON object; the answer is one, too. json.toml beside the module says `abi = "json"`.
//
// Build: deno task samples
// or:    clang --target=wasm32-wasip1 -Os -s functions/_src/json.c -o functions/json.wasm
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Part of the input. Of a string: what stands between the quotes, still escaped.
typedef struct {
  const char *start;
  size_t length;
} Slice;

static const char *skip_space(const char *at) {
  return at + strspn(at, " \t\r\n");
}

// `at` stands on the opening quote; the result is behind the closing one. Escapes are left as they are,
// for what leaves this program is JSON as well.
static const char *read_string(const char *at, Slice *string) {
  string->start = ++at;
  while (*at != '\0' && *at != '"') at += *at == '\\' && at[1] != '\0' ? 2 : 1;
  string->length = (size_t)(at - string->start);
  return *at == '"' ? at + 1 : at;
}

// Skips a value of any kind; of nested ones, brackets within strings do not count.
static const char *skip_value(const char *at) {
  Slice ignored;
  int depth = 0;
  while (*at != '\0') {
    if (depth == 0 && (*at == ',' || *at == '}')) return at;
    if (*at == '"') {
      at = read_string(at, &ignored);
      continue;
    }
    if (*at == '{' || *at == '[') depth++;
    if (*at == '}' || *at == ']') depth--;
    at++;
  }
  return at;
}

// Finds the string member `name` of the object `json`; a member within another object is not meant.
static bool find_string(const char *json, const char *name, Slice *value) {
  const char *at = skip_space(json);
  if (*at != '{') return false;
  do {
    Slice key;
    at = skip_space(at + 1);
    if (*at != '"') return false;
    at = skip_space(read_string(at, &key));
    if (*at != ':') return false;
    at = skip_space(at + 1);
    if (key.length == strlen(name) && memcmp(key.start, name, key.length) == 0) {
      if (*at != '"') return false;
      read_string(at, value);
      return true;
    }
    at = skip_value(at);
  } while (*at == ',');
  return false;
}

// Writes text as part of a JSON string.
static void print_quoted(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"' || text[i] == '\\') putchar('\\');
    putchar(text[i]);
  }
}

// The answer's `data` is itself a JSON text, so its strings are escaped twice: once already in the input.
static void print_answer(Slice method, Slice url) {
  fputs("{\"data\":\"{\\\"method\\\":\\\"", stdout);
  print_quoted(method.start, method.length);
  fputs("\\\",\\\"url\\\":\\\"", stdout);
  print_quoted(url.start, url.length);
  fputs("\\\"}\\n\",\"headers\":{\"content-type\":\"application/json\"},", stdout);
  puts("\"status\":200,\"kv\":{},\"base64\":false}");
}

// All of standard input, ended by a NUL; NULL if there is no memory for it.
static char *read_input(void) {
  size_t capacity = 4096, length = 0, count;
  char *input = malloc(capacity);
  while (input != NULL && (count = fread(input + length, 1, capacity - length - 1, stdin)) > 0) {
    length += count;
    if (length + 1 < capacity) continue;
    char *larger = realloc(input, capacity *= 2);
    if (larger == NULL) free(input);
    input = larger;
  }
  if (input != NULL) input[length] = '\0';
  return input;
}

int main(void) {
  Slice method, url;
  char *input = read_input();
  if (input == NULL || !find_string(input, "method", &method) || !find_string(input, "url", &url)) {
    fputs("The input is not a request in JSON\n", stderr);
    return 1;
  }
  print_answer(method, url);
  return 0;
}

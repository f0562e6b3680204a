// A recursive-descent JSON parser over a generated document of about 1 MB, several times: byte by byte,
// branches and calls, as servers do all day. Prints how many values of each kind it found, and the sum of
// the numbers.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 8000, ROUNDS = 60, CAPACITY = 2 * 1024 * 1024 };

static char document[CAPACITY];

typedef struct {
  unsigned objects, arrays, strings, numbers, literals;
  double sum;
} Counts;

typedef struct {
  const char *at;
  Counts counts;
} Parser;

static bool parse_value(Parser *p);

static void skip_space(Parser *p) {
  while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r') p->at++;
}

// Skips space, and `c` if it comes next.
static bool accept(Parser *p, char c) {
  skip_space(p);
  if (*p->at != c) return false;
  p->at++;
  return true;
}

static bool parse_string(Parser *p) {
  if (!accept(p, '"')) return false;
  while (*p->at != '"') {
    if (*p->at == '\0') return false;
    p->at += *p->at == '\\' ? 2 : 1;
  }
  p->at++;
  p->counts.strings++;
  return true;
}

// Integers, with an optional fraction; the document has no exponents.
static bool parse_number(Parser *p) {
  bool negative = accept(p, '-');
  double value = 0, place = 1;
  if (*p->at < '0' || *p->at > '9') return false;
  for (; *p->at >= '0' && *p->at <= '9'; p->at++) value = value * 10 + (*p->at - '0');
  if (*p->at == '.') {
    for (p->at++; *p->at >= '0' && *p->at <= '9'; p->at++) value += (*p->at - '0') * (place /= 10);
  }
  p->counts.numbers++;
  p->counts.sum += negative ? -value : value;
  return true;
}

static bool parse_literal(Parser *p, const char *word) {
  size_t length = strlen(word);
  if (strncmp(p->at, word, length) != 0) return false;
  p->at += length;
  p->counts.literals++;
  return true;
}

static bool parse_array(Parser *p) {
  p->at++;
  p->counts.arrays++;
  if (accept(p, ']')) return true;
  do {
    if (!parse_value(p)) return false;
  } while (accept(p, ','));
  return accept(p, ']');
}

static bool parse_object(Parser *p) {
  p->at++;
  p->counts.objects++;
  if (accept(p, '}')) return true;
  do {
    if (!parse_string(p) || !accept(p, ':') || !parse_value(p)) return false;
  } while (accept(p, ','));
  return accept(p, '}');
}

static bool parse_value(Parser *p) {
  skip_space(p);
  switch (*p->at) {
    case '{': return parse_object(p);
    case '[': return parse_array(p);
    case '"': return parse_string(p);
    case 't': return parse_literal(p, "true");
    case 'f': return parse_literal(p, "false");
    case 'n': return parse_literal(p, "null");
    default: return parse_number(p);
  }
}

static void generate(void) {
  char *end = document;
  *end++ = '[';
  for (int i = 0; i < RECORDS; i++) {
    end += sprintf(end,
                   "%s\n  {\"id\": %d, \"name\": \"island \\\"%d\\\"\", \"at\": [%d.25, -%d.5], "
                   "\"lit\": %s, \"keeper\": null, \"tags\": [\"rock\", \"sea\", \"bird\"]}",
                   i == 0 ? "" : ",", i, i * 17, i % 180, i % 90, i % 3 == 0 ? "true" : "false");
  }
  strcpy(end, "\n]\n");
}

int main(void) {
  Parser parser = {0};
  generate();
  for (int round = 0; round < ROUNDS; round++) {
    parser.at = document;
    if (!parse_value(&parser)) {
      puts("The document does not parse");
      return 1;
    }
  }
  Counts c = parser.counts;
  printf("%u %u %u %u %u %.2f\n", c.objects, c.arrays, c.strings, c.numbers, c.literals, c.sum);
  return 0;
}

// Counts words in a hash map with chaining, each node from malloc, then frees it all, several times:
// string hashing and comparison, pointer chasing and the allocator, as scripting runtimes do.
// Prints the number of distinct words and the most frequent one.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 15, WORDS = 400000, ROUNDS = 3, WORD_BYTES = 16 };

typedef struct Node {
  struct Node *next;
  unsigned count;
  char word[];
} Node;

static Node *buckets[BUCKETS];

// FNV-1a, 32 bits.
static uint32_t hash(const char *word) {
  uint32_t h = 2166136261u;
  for (; *word != '\0'; word++) h = (h ^ (uint8_t)*word) * 16777619u;
  return h;
}

// Returns how often `word` has now been counted; 0 if there is no memory for it.
static unsigned count_word(const char *word) {
  Node **link = &buckets[hash(word) % BUCKETS];
  for (Node *node = *link; node != NULL; node = node->next) {
    if (strcmp(node->word, word) == 0) return ++node->count;
  }
  Node *node = malloc(sizeof *node + strlen(word) + 1);
  if (node == NULL) return 0;
  node->next = *link;
  node->count = 1;
  strcpy(node->word, word);
  *link = node;
  return 1;
}

// A word spelt from a pseudo-random number (a linear congruential generator); short words are common.
static void make_word(char word[WORD_BYTES]) {
  static uint32_t state = 1;
  state = state * 1664525u + 1013904223u;
  uint32_t rank = (state >> 8) % ((state >> 28) < 12 ? 2000 : 60000);
  char *end = word;
  do {
    *end++ = "aeioulnrst"[rank % 10];
    rank /= 10;
  } while (rank > 0);
  *end = '\0';
}

static unsigned clear(void) {
  unsigned distinct = 0;
  for (int i = 0; i < BUCKETS; i++) {
    while (buckets[i] != NULL) {
      Node *node = buckets[i];
      buckets[i] = node->next;
      free(node);
      distinct++;
    }
  }
  return distinct;
}

int main(void) {
  char word[WORD_BYTES], top[WORD_BYTES] = "";
  unsigned distinct = 0, top_count = 0;
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < WORDS; i++) {
      make_word(word);
      unsigned count = count_word(word);
      if (count > top_count) {
        top_count = count;
        strcpy(top, word);
      }
    }
    distinct += clear();
  }
  printf("%u %s %u\n", distinct, top, top_count);
  return 0;
}

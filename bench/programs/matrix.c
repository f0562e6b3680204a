// Multiplies two square matrices of doubles, row by row: the densest loop there is.
// Prints the trace and the sum of the product; the entries are small integers, so both are exact.
#include <stdio.h>

enum { SIZE = 600 };

static double a[SIZE][SIZE], b[SIZE][SIZE], product[SIZE][SIZE];

static void fill(void) {
  for (int i = 0; i < SIZE; i++) {
    for (int j = 0; j < SIZE; j++) {
      a[i][j] = (i * 7 + j * 3) % 11 - 4;
      b[i][j] = (i * 5 + j * 2) % 13 - 5;
    }
  }
}

// The middle loop is outermost but one, so that the innermost runs along rows.
static void multiply(void) {
  for (int i = 0; i < SIZE; i++) {
    for (int k = 0; k < SIZE; k++) {
      double factor = a[i][k];
      for (int j = 0; j < SIZE; j++) product[i][j] += factor * b[k][j];
    }
  }
}

int main(void) {
  double trace = 0, sum = 0;
  fill();
  multiply();
  for (int i = 0; i < SIZE; i++) {
    trace += product[i][i];
    for (int j = 0; j < SIZE; j++) sum += product[i][j];
  }
  printf("%.0f %.0f\n", trace, sum);
  return 0;
}

// The Mandelbrot set on a grid: a short floating-point loop whose length differs from point to point.
// Prints how many points stay bounded, and the iterations spent.
#include <stdio.h>

enum { WIDTH = 960, HEIGHT = 720, ITERATIONS = 200 };

static int iterations_at(double cx, double cy) {
  double x = 0, y = 0;
  for (int n = 0; n < ITERATIONS; n++) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4) return n;
    y = 2 * x * y + cy;
    x = xx - yy + cx;
  }
  return ITERATIONS;
}

int main(void) {
  int bounded = 0;
  long spent = 0;
  for (int row = 0; row < HEIGHT; row++) {
    for (int column = 0; column < WIDTH; column++) {
      int n = iterations_at(-2.2 + 3.2 * column / WIDTH, -1.2 + 2.4 * row / HEIGHT);
      bounded += n == ITERATIONS;
      spent += n;
    }
  }
  printf("%d %ld\n", bounded, spent);
  return 0;
}

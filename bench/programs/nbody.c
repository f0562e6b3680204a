// The planets of the outer solar system, advanced in small steps: floating point in short loops.
// Prints the system's energy before and after 2,000,000 steps of 0.01 days.
#include <math.h>
#include <stdio.h>

enum { BODIES = 5, STEPS = 2000000 };

static const double SOLAR_MASS = 4 * 3.141592653589793 * 3.141592653589793;  // 4 pi^2
static const double DAYS_PER_YEAR = 365.24;

typedef struct {
  double x, y, z;     // astronomical units
  double vx, vy, vz;  // astronomical units a year
  double mass;        // such that the gravitational constant is 1
} Body;

// Sun, Jupiter, Saturn, Uranus, Neptune; velocities per day and masses in suns until `initialise`.
static Body bodies[BODIES] = {
  {0, 0, 0, 0, 0, 0, 1},
  {4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
   1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05,
   9.54791938424326609e-04},
  {8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
   -2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05,
   2.85885980666130812e-04},
  {1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
   2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05,
   4.36624404335156298e-05},
  {1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
   2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05,
   5.15138902046611451e-05},
};

// Converts the units, and gives the sun the velocity that leaves the whole at rest.
static void initialise(void) {
  double px = 0, py = 0, pz = 0;
  for (int i = 0; i < BODIES; i++) {
    Body *b = &bodies[i];
    b->vx *= DAYS_PER_YEAR, b->vy *= DAYS_PER_YEAR, b->vz *= DAYS_PER_YEAR;
    b->mass *= SOLAR_MASS;
    px += b->vx * b->mass, py += b->vy * b->mass, pz += b->vz * b->mass;
  }
  bodies[0].vx = -px / SOLAR_MASS;
  bodies[0].vy = -py / SOLAR_MASS;
  bodies[0].vz = -pz / SOLAR_MASS;
}

static void attract(Body *a, Body *b, double dt) {
  double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
  double squared = dx * dx + dy * dy + dz * dz;
  double magnitude = dt / (squared * sqrt(squared));
  a->vx -= dx * b->mass * magnitude;
  a->vy -= dy * b->mass * magnitude;
  a->vz -= dz * b->mass * magnitude;
  b->vx += dx * a->mass * magnitude;
  b->vy += dy * a->mass * magnitude;
  b->vz += dz * a->mass * magnitude;
}

static void advance(double dt) {
  for (int i = 0; i < BODIES; i++) {
    for (int j = i + 1; j < BODIES; j++) attract(&bodies[i], &bodies[j], dt);
  }
  for (int i = 0; i < BODIES; i++) {
    bodies[i].x += dt * bodies[i].vx;
    bodies[i].y += dt * bodies[i].vy;
    bodies[i].z += dt * bodies[i].vz;
  }
}

static double energy(void) {
  double sum = 0;
  for (int i = 0; i < BODIES; i++) {
    const Body *a = &bodies[i];
    sum += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
    for (int j = i + 1; j < BODIES; j++) {
      const Body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      sum -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return sum;
}

int main(void) {
  initialise();
  printf("%.9f\n", energy());
  for (int i = 0; i < STEPS; i++) advance(0.01);
  printf("%.9f\n", energy());
  return 0;
}

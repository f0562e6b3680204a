#include <stdio.h>
#include <stdlib.h>

__attribute__((destructor)) static void destructor(void)
{
	abort();
}

void run(void)
{
	printf("run\n");
}

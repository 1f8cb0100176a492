unsigned long one;
const long int two = 2;
long long fine;
unsigned long long int fine_too;
long double nobody;
ULONG Sum(long a, LONG b) { return (ULONG)(unsigned long)(a + b); }

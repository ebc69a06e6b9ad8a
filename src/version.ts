/** The version of this program: package.json says the same, and a test compares the two. */
export const programVersion = '0.1.0';

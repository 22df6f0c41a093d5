// What the build makes: the layout's worker as a text that the page starts it from.
declare module 'inlayer:layout-worker' {
  export const source: string;
}

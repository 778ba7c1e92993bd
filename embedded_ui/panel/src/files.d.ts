// What may be imported besides scripts and styles: a font file is its address.
declare module "*.woff2" {
  const address: string;
  export default address;
}

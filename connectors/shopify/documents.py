"""Every GraphQL document we send, written for `API_VERSION` of the Admin API.

A test validates each against that version's real schema and refuses deprecated fields.
"""

API_VERSION = "2026-10"

PROFILE = """
query StoreProfile {
  shop {
    id name email contactEmail myshopifyDomain currencyCode ianaTimezone
    primaryDomain { url }
    currencyFormats { moneyFormat }
    shopAddress { address1 address2 zip city province country countryCodeV2 }
  }
}
"""

_PERSON = "id firstName lastName locale tags numberOfOrders createdAt updatedAt"
_MONEY_BAG = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"

_CUSTOMER = f"""
{_PERSON}
amountSpent {{ amount currencyCode }}
lastOrder {{ createdAt }}
birthDate: metafield(namespace: "facts", key: "birth_date") {{ value }}
defaultEmailAddress {{ emailAddress marketingState marketingUpdatedAt }}
defaultPhoneNumber {{ phoneNumber smsMarketingConsent {{ state updatedAt }} }}
defaultAddress {{ countryCodeV2 provinceCode city }}
"""

CUSTOMERS = f"""
query Customers($first: Int!, $after: String, $counting: Boolean!) {{
  total: customersCount(limit: null) @include(if: $counting) {{ count }}
  page: customers(first: $first, after: $after, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {_CUSTOMER} }}
  }}
}}
"""

CHECKOUTS = f"""
query AbandonedCheckouts($first: Int!, $after: String, $query: String) {{
  page: abandonedCheckouts(first: $first, after: $after, query: $query, sortKey: CREATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id name abandonedCheckoutUrl createdAt updatedAt completedAt discountCodes
      subtotalPriceSet {_MONEY_BAG}
      totalPriceSet {_MONEY_BAG}
      customer {{ {_CUSTOMER} }}
      lineItems(first: 50) {{
        nodes {{
          title quantity variantTitle sku
          product {{ id }}
          variant {{ id }}
          image {{ url }}
          originalUnitPriceSet {_MONEY_BAG}
          discountedTotalPriceSet {_MONEY_BAG}
        }}
      }}
    }}
  }}
}}
"""

_VARIANT = """
id title sku price compareAtPrice availableForSale
media(first: 1) { nodes { preview { image { url } } } }
"""

PRODUCTS = f"""
query Products($first: Int!, $after: String, $counting: Boolean!) {{
  total: productsCount(limit: null) @include(if: $counting) {{ count }}
  shop {{ currencyCode }}
  page: products(first: $first, after: $after, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id title handle status vendor productType tags onlineStoreUrl createdAt updatedAt
      category {{ name }}
      publishedAt
      rating: metafield(namespace: "reviews", key: "rating") {{ value }}
      ratingCount: metafield(namespace: "reviews", key: "rating_count") {{ value }}
      featuredMedia {{ preview {{ image {{ url }} }} }}
      collections(first: 10) {{ pageInfo {{ hasNextPage }} nodes {{ id title }} }}
      variants(first: 25) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{ {_VARIANT} }}
      }}
    }}
  }}
}}
"""

MORE_VARIANTS = f"""
query MoreVariants($id: ID!, $after: String!) {{
  owner: product(id: $id) {{
    more: variants(first: 100, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ {_VARIANT} }}
    }}
  }}
}}
"""

COLLECTIONS_OF = """
query CollectionsOf($id: ID!) {
  product(id: $id) {
    collections(first: 250) { nodes { id title } }
  }
}
"""

COLLECTION = """
query Collection($id: ID!, $after: String) {
  collection(id: $id) {
    title
    products(first: 250, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id }
    }
  }
}
"""

_LINE = f"""
title variantTitle sku quantity
product {{ id }}
variant {{ id }}
originalUnitPriceSet {_MONEY_BAG}
totalDiscountSet {_MONEY_BAG}
image {{ url }}
"""

ORDERS = f"""
query Orders($first: Int!, $after: String, $counting: Boolean!) {{
  total: ordersCount(limit: null) @include(if: $counting) {{ count }}
  page: orders(first: $first, after: $after, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id name email phone createdAt updatedAt cancelledAt test sourceName
      cartToken checkoutToken currencyCode presentmentCurrencyCode
      customerLocale customerAcceptsMarketing discountCodes statusPageUrl
      displayFinancialStatus displayFulfillmentStatus
      subtotalPriceSet {_MONEY_BAG}
      totalPriceSet {_MONEY_BAG}
      totalRefundedSet {_MONEY_BAG}
      shippingAddress {{ firstName lastName countryCodeV2 provinceCode city }}
      customer {{ id firstName lastName defaultEmailAddress {{ emailAddress }} }}
      purchasingEntity {{ __typename }}
      fulfillments(first: 10) {{
        id status displayStatus createdAt updatedAt deliveredAt
        trackingInfo(first: 1) {{ company number url }}
      }}
      lineItems(first: 25) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{ {_LINE} }}
      }}
    }}
  }}
}}
"""

MORE_LINES = f"""
query MoreLines($id: ID!, $after: String!) {{
  owner: order(id: $id) {{
    more: lineItems(first: 100, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ {_LINE} }}
    }}
  }}
}}
"""

CREATE_DISCOUNT = """
mutation CreateDiscount($discount: DiscountCodeBasicInput!) {
  result: discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field message code }
  }
}
"""

EXTEND_DISCOUNT = """
mutation ExtendDiscount($id: ID!, $discount: DiscountCodeBasicInput!) {
  result: discountCodeBasicUpdate(id: $id, basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field message code }
  }
}
"""

CREATE_FREE_SHIPPING = """
mutation CreateFreeShipping($discount: DiscountCodeFreeShippingInput!) {
  result: discountCodeFreeShippingCreate(freeShippingCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field message code }
  }
}
"""

EXTEND_FREE_SHIPPING = """
mutation ExtendFreeShipping($id: ID!, $discount: DiscountCodeFreeShippingInput!) {
  result: discountCodeFreeShippingUpdate(id: $id, freeShippingCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field message code }
  }
}
"""

DEACTIVATE_DISCOUNT = """
mutation DeactivateDiscount($id: ID!) {
  result: discountCodeDeactivate(id: $id) {
    codeDiscountNode { id }
    userErrors { field message code }
  }
}
"""

DELETE_DISCOUNT = """
mutation DeleteDiscount($id: ID!) {
  result: discountCodeDelete(id: $id) {
    deletedCodeDiscountId
    userErrors { field message code }
  }
}
"""

ADD_CODES = """
mutation AddCodes($id: ID!, $codes: [DiscountRedeemCodeInput!]!) {
  result: discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) {
    bulkCreation { id }
    userErrors { field message code }
  }
}
"""

CODE_IMPORT = """
query CodeImport($id: ID!) {
  discountRedeemCodeBulkCreation(id: $id) {
    done
    codes(first: 250) {
      nodes {
        code
        discountRedeemCode { id }
        errors { code message }
      }
    }
  }
}
"""

FIND_DISCOUNT = """
query FindDiscount($code: String!) {
  codeDiscountNodeByCode(code: $code) {
    id
    codeDiscount {
      ... on DiscountCodeBasic { title }
      ... on DiscountCodeFreeShipping { title }
    }
  }
}
"""

CREDIT_CUSTOMER = """
mutation CreditCustomer($id: ID!, $credit: StoreCreditAccountCreditInput!) {
  result: storeCreditAccountCredit(id: $id, creditInput: $credit) {
    storeCreditAccountTransaction { id }
    userErrors { field message code }
  }
}
"""

RECENT_CREDITS = """
query RecentCredits($id: ID!) {
  customer(id: $id) {
    storeCreditAccounts(first: 10) {
      nodes {
        transactions(first: 50, sortKey: CREATED_AT, reverse: true) {
          nodes {
            __typename
            amount { amount currencyCode }
            createdAt
            ... on StoreCreditAccountCreditTransaction { id }
          }
        }
      }
    }
  }
}
"""

FIND_CUSTOMER = """
query FindCustomer($identifier: CustomerIdentifierInput!) {
  customerByIdentifier(identifier: $identifier) { id }
}
"""

EMAIL_CONSENT = """
mutation EmailConsent($input: CustomerEmailMarketingConsentUpdateInput!) {
  result: customerEmailMarketingConsentUpdate(input: $input) {
    customer { id }
    userErrors { field message code }
  }
}
"""

TAGS_ADD = """
mutation AddTags($id: ID!, $tags: [String!]!) {
  result: tagsAdd(id: $id, tags: $tags) {
    node { id }
    userErrors { field message }
  }
}
"""

TAGS_REMOVE = """
mutation RemoveTags($id: ID!, $tags: [String!]!) {
  result: tagsRemove(id: $id, tags: $tags) {
    node { id }
    userErrors { field message }
  }
}
"""

SMS_CONSENT = """
mutation SmsConsent($input: CustomerSmsMarketingConsentUpdateInput!) {
  result: customerSmsMarketingConsentUpdate(input: $input) {
    customer { id }
    userErrors { field message code }
  }
}
"""

CREATE_PIXEL = """
mutation CreatePixel($pixel: WebPixelInput!) {
  result: webPixelCreate(webPixel: $pixel) {
    webPixel { id }
    userErrors { field message code }
  }
}
"""

FIND_PIXEL = """
query FindPixel {
  webPixel { id }
}
"""

UPDATE_PIXEL = """
mutation UpdatePixel($id: ID!, $pixel: WebPixelInput!) {
  result: webPixelUpdate(id: $id, webPixel: $pixel) {
    webPixel { id }
    userErrors { field message code }
  }
}
"""

UNINSTALL = """
mutation Uninstall {
  result: appUninstall {
    app { id }
    userErrors { field message code }
  }
}
"""

ALL = {
    name: document
    for name, document in globals().items()
    if name.isupper() and not name.startswith("_") and name != "API_VERSION"
}

<?php
/**
 * A cart as the app is told of it, and as a link restores it.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Reads WooCommerce's cart; changes nothing.
 */
class Cart_Snapshot {

	/**
	 * What is told, without what changes by itself.
	 *
	 * @return array
	 */
	public static function build() {
		$said  = Consent::of_shopper();
		$email = Preferences::may_tell_email( $said ) ? Email_Capture::email() : '';
		$told  = array(
			'email'       => '' === $email ? null : $email,
			'customer_id' => self::customer_id(),
			'locale'      => str_replace( '_', '-', determine_locale() ),
			'currency'    => get_woocommerce_currency(),
			'total'       => self::money( WC()->cart->get_total( 'edit' ) ),
			'items'       => self::items(),
			'coupons'     => array_values( WC()->cart->get_applied_coupons() ),
			'consent'     => array( 'email' => $said ),
			'stage'       => 'checkout' === WC()->session->get( 'reprise_stage' ) ? 'checkout' : 'cart',
		);
		$name  = WC()->customer ? WC()->customer->get_billing_first_name() : '';
		return '' !== $email && '' !== $name ? array_merge( $told, array( 'first_name' => $name ) ) : $told;
	}

	/**
	 * Add what names the cart, and its times.
	 *
	 * @param array  $told  What build gave.
	 * @param string $token The cart's.
	 * @param string $began A datetime column's value.
	 * @return array
	 */
	public static function sign_in( array $told, $token, $began ) {
		$named = array(
			'token'        => $token,
			'created_at'   => Clock::iso( $began ),
			'updated_at'   => Clock::iso(),
			'recovery_url' => Cart_Restore::address( $token ),
		);
		return array_merge( $named, $told );
	}

	/**
	 * The shopper's account, where the store wants reminders and they did not refuse.
	 *
	 * @return int
	 */
	private static function customer_id() {
		$is_told = Preferences::NOBODY !== Preferences::all()['reminders'] && Consent::allows_marketing();
		return $is_told ? get_current_user_id() : 0;
	}

	/**
	 * The lines as the app is told of them.
	 *
	 * @return array
	 */
	private static function items() {
		$items = array();
		foreach ( WC()->cart->get_cart() as $line ) {
			if ( $line['data'] instanceof \WC_Product ) {
				$items[] = self::item( $line, $line['data'] );
			}
		}
		return $items;
	}

	/**
	 * One line.
	 *
	 * @param array       $line    WooCommerce's cart item.
	 * @param \WC_Product $product Its product.
	 * @return array
	 */
	private static function item( array $line, \WC_Product $product ) {
		$quantity = (float) $line['quantity'];
		$total    = isset( $line['line_subtotal'] ) ? $line['line_subtotal'] + $line['line_subtotal_tax'] : $product->get_price() * $quantity;
		$image    = wp_get_attachment_image_url( $product->get_image_id(), 'woocommerce_thumbnail' );
		return array(
			'product_id'   => (int) $line['product_id'],
			'variation_id' => (int) $line['variation_id'],
			'quantity'     => 0.0 === fmod( $quantity, 1 ) ? (int) $quantity : $quantity,
			'name'         => wp_strip_all_tags( $product->get_name() ),
			'sku'          => $product->get_sku(),
			'price'        => self::money( $quantity > 0 ? $total / $quantity : 0 ),
			'line_total'   => self::money( $total ),
			'image'        => $image ? $image : null,
			'url'          => $product->get_permalink( $line ),
		);
	}

	/**
	 * The lines as a link restores them.
	 *
	 * @return array
	 */
	public static function lines() {
		$lines = array();
		foreach ( WC()->cart->get_cart() as $line ) {
			$lines[] = array(
				'product_id'   => (int) $line['product_id'],
				'variation_id' => (int) $line['variation_id'],
				'quantity'     => (float) $line['quantity'],
				'variation'    => isset( $line['variation'] ) ? (array) $line['variation'] : array(),
			);
		}
		return $lines;
	}

	/**
	 * Money as the app reads it.
	 *
	 * @param float|string $amount In the cart's currency.
	 * @return string
	 */
	private static function money( $amount ) {
		return number_format( (float) $amount, wc_get_price_decimals(), '.', '' );
	}
}
